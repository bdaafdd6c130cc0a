// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.internal.transport.TlsVersion;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import io.grpc.Attributes;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves the events of one connection of a subchannel from the event loop to the sync context, where
 * everything else of this class runs. On the event loop it only withdraws the connection from new
 * calls, ahead of the sync context.
 */
@CrossesThreads
abstract class SubchannelConnection extends AddrConnView.Owner
    implements ClientTransport.Listener, StreamSlots.Owner {
  private static final Status COUNTED = Status.UNAVAILABLE.withDescription(
      "the call waited for a stream slot of one connection, and there may be others now");

  private final AddrConnView view;
  private final SynchronizationContext sync;
  private final ChannelRecorder recorder;
  /** Of the transport, which asks for it while it is made. */
  private TransportObserver observer;
  /** Absent until the dial, and where the dial has thrown. */
  private @Nullable ClientTransport transport;
  /** Absent while the streams are not counted. */
  private volatile SlotQueue.@Nullable Connection counted;

  private boolean connected;
  private boolean counting;
  private boolean reported;
  private int quietChecks;

  /** What it was dialed with. Set by {@link ConnectionReplacer}, as are the next three. */
  TlsVersion tls = TlsVersion.FIXED;

  boolean reachedMaxAge;

  boolean replacementRequested;

  /** Of the maximum age while the connection takes calls, of the drain afterwards. */
  @Nullable
  ScheduledHandle timer;

  SubchannelConnection(AddrConnView view, SynchronizationContext sync, ChannelRecorder recorder) {
    this.view = view;
    this.sync = sync;
    this.recorder = recorder;
    this.observer = recorder;
  }

  /** The peer's SETTINGS have arrived, and streams are counted if they are to be. */
  abstract void ready();

  /** Streams are counted from now on; only where that began after {@link #ready}. */
  abstract void streamsCounted();

  /** Any thread: a stream slot may have become free. */
  abstract void slotFree();

  /** The connection takes no new streams, or is lost. */
  abstract void draining();

  /** The connection has ended or could not be made. Called last. */
  abstract void terminated(Status reason);

  /** Sets what the transport notifies that is made next. */
  void observer(TransportObserver ofTransport) {
    observer = ofTransport;
  }

  void dialed(ClientTransport started) {
    transport = started;
    view.addConnection(started);
    recorder.addConnection(started);
    recorder.event(Kind.CONNECTING, started.id(), started.snapshot().remote());
  }

  /** There is no transport, which would report that the attempt has failed. */
  void notDialed(Status reason) {
    observer.attemptEnded(0, ConnectOutcome.OTHER, 0, String.valueOf(reason.getDescription()));
    onTerminated(reason);
  }

  /** Has the transport count the streams; takes effect with {@link #isCounting}. */
  void countStreams() {
    if (transport != null && counted == null) {
      StreamSlots slots = new StreamSlots(this);
      counted = new SlotQueue.Connection(transport, slots);
      transport.countStreams(slots);
    }
  }

  boolean isCounting() {
    return counting;
  }

  /** Only where {@link #isCounting}. */
  SlotQueue.Connection counted() {
    return Objects.requireNonNull(counted, "streams are not counted");
  }

  /** Describes the address of the peer. */
  String peer() {
    return transport == null ? "" : String.valueOf(transport.snapshot().remote());
  }

  /** Counts the successive calls of this method between which no stream was open. */
  int quietChecks() {
    SlotQueue.Connection known = counted;
    quietChecks = known != null && known.slots().wasIdle() ? quietChecks + 1 : 0;
    return quietChecks;
  }

  /** Offers the connection to new calls, unless it has ended meanwhile. */
  void publish() {
    if (transport != null) {
      view.publish(this, transport);
    }
  }

  /** Assigns no more calls to the connection other than by its slots. */
  void assignBySlots() {
    view.withdraw(this);
    if (transport != null) {
      // Those that wait there cannot be assigned to another connection.
      transport.returnWaiting(COUNTED);
    }
  }

  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Has the connection finish its calls, while others take those that wait and new ones. */
  void replace(Status reason) {
    if (transport != null) {
      recorder.event(Kind.REPLACED, transport.id(), String.valueOf(reason.getDescription()));
      transport.replace(reason);
    }
  }

  /** Assigns no more calls to the connection. Any thread. */
  void unpublish() {
    view.unpublish(this);
    SlotQueue.Connection known = counted;
    if (known != null) {
      known.slots().close();
    }
  }

  void shutdown(Status reason) {
    if (transport != null) {
      transport.shutdown(reason);
    }
  }

  void shutdownNow(Status reason) {
    if (transport != null) {
      transport.shutdownNow(reason);
    }
  }

  @Override
  public TransportObserver observer() {
    return observer;
  }

  @Override
  public void onReady(Attributes attributes) {
    sync.execute(() -> {
      connected = true;
      reportReady();
    });
  }

  private void reportReady() {
    // The channel may have decided to count the streams while the connection was made.
    if (connected && !reported && (counted == null || counting)) {
      reported = true;
      ready();
    }
  }

  @Override
  public void onCounting() {
    sync.execute(() -> {
      counting = true;
      if (reported) {
        streamsCounted();
      } else {
        reportReady();
      }
    });
  }

  @Override
  public void onSlotFree() {
    slotFree();
  }

  @Override
  public void onDraining(Status reason) {
    unpublish();
    recorder.event(
        Kind.DRAINING,
        transport == null ? 0 : transport.id(),
        String.valueOf(reason.getDescription()));
    sync.execute(this::draining);
  }

  @Override
  public void onClosing(Status reason) {
    unpublish();
    // A health check that fails before the subchannel is IDLE would fail the calls of the channel,
    // which now wait for the next connection.
    sync.execute(this::draining);
  }

  @Override
  public void onTerminated(Status reason) {
    unpublish();
    sync.execute(() -> {
      cancelTimer();
      if (transport != null) {
        view.removeConnection(transport);
        recorder.removeConnection(transport);
      }
      terminated(reason);
    });
  }
}
