// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link FakeStream}s, and becomes ready, drains and ends when the test requests it. Observes
 * the contract of a transport: while it drains no stream opens, and it ends with its last stream.
 */
public final class FakeTransport implements ClientTransport {

  public final SocketAddress address;
  public final String authority;
  private final Listener listener;

  /** All streams, in the order they were made. */
  public final List<FakeStream> streams = new ArrayList<>();

  private final List<FakeStream> open = new ArrayList<>();
  public Attributes attributes = Attributes.EMPTY;
  public boolean draining;
  public boolean terminated;

  /** Runs when a call asks for a stream, before it has it: the place to provoke a race. */
  public Runnable beforeStream = () -> {};

  /** Runs within the start of each stream, as what its event loop does meanwhile. */
  public Consumer<FakeStream> duringStart = stream -> {};

  /** What the peer allows; see {@link #limit(int)}. */
  private long limit = Integer.MAX_VALUE;

  private @Nullable StreamSlots slots;
  /** Whether {@link #countStreams} takes effect at once. */
  public boolean countsAtOnce = true;

  private boolean countingIsDue;
  /** How often a call has returned what was reserved for its stream. */
  public int releasedReservations;

  /** Whether new streams send at once what is written. */
  public boolean sends = true;

  FakeTransport(SocketAddress address, String authority, Listener listener) {
    this.address = address;
    this.authority = authority;
    this.listener = listener;
  }

  /** Makes a transport for calls alone, with no owner that is notified. */
  public FakeTransport() {
    this(InetSocketAddress.createUnresolved("10.0.0.1", 1), "server:1", new Listener() {
      @Override
      public void onReady(Attributes attributes) {}

      @Override
      public void onDraining(Status reason) {}

      @Override
      public void onTerminated(Status reason) {}
    });
  }

  public int port() {
    return ((InetSocketAddress) address).getPort();
  }

  /** Gives the newest stream. */
  public FakeStream last() {
    return streams.get(streams.size() - 1);
  }

  /** Lists the streams that were started and have not ended. */
  public List<FakeStream> open() {
    return List.copyOf(open);
  }

  public void ready() {
    listener.onReady(Attributes.EMPTY);
  }

  public void fail(String description) {
    terminate(Status.UNAVAILABLE.withDescription(description));
  }

  public void goAway() {
    drain(Status.UNAVAILABLE.withDescription("GOAWAY"));
  }

  private void drain(Status reason) {
    if (!draining && !terminated) {
      draining = true;
      listener.onDraining(reason);
    }
  }

  private void terminate(Status reason) {
    if (!terminated) {
      terminated = true;
      if (!draining) {
        listener.onClosing(reason);
      }
      if (slots != null) {
        slots.close();
      }
      open().forEach(stream -> stream.close(reason));
      listener.onTerminated(reason);
    }
  }

  private void terminateIfDrained(Status reason) {
    if (draining && open.isEmpty()) {
      terminate(reason);
    }
  }

  @Override
  public ClientStream newStream(StreamParameters parameters, ClientStream.Listener streamListener) {
    beforeStream.run();
    FakeStream stream = new FakeStream(this, parameters, streamListener);
    stream.sends = sends;
    streams.add(stream);
    return stream;
  }

  /** Opens a stream that no call belongs to. */
  public FakeStream openStream() {
    return open(this);
  }

  /** The same on a transport that leads to a fake one. */
  public static FakeStream open(ClientTransport transport) {
    StreamParameters parameters = new FixedParameters(
        ByteMethods.unary("test/Method"), null, null, null, 0, 1 << 20, 1 << 15, new Metadata());
    FakeStream stream = (FakeStream) transport.newStream(parameters, new IgnoringListener());
    stream.start(null, true);
    return stream;
  }

  /** Sends SETTINGS_MAX_CONCURRENT_STREAMS. */
  public void limit(long maxConcurrentStreams) {
    limit = maxConcurrentStreams;
    if (slots != null && !countingIsDue) {
      slots.limit(limit);
    }
  }

  @Override
  public void countStreams(StreamSlots counter) {
    slots = counter;
    countingIsDue = true;
    if (countsAtOnce) {
      beginCounting();
    }
  }

  /** Carries out {@link #countStreams}. */
  public void beginCounting() {
    if (slots != null && countingIsDue) {
      countingIsDue = false;
      open.forEach(stream -> stream.counted = true);
      slots.begin(limit, open.size());
    }
  }

  /** How many slots are in use. */
  public int slotsInUse() {
    return slots == null ? 0 : slots.used();
  }

  public boolean countsStreams() {
    return slots != null;
  }

  void onStarted(FakeStream stream) {
    if (slots != null && !countingIsDue && !stream.counted) {
      slots.add();
      stream.counted = true;
    }
    if (draining || terminated) {
      stream.close(
          Status.UNAVAILABLE.withDescription("draining"), StreamProgress.NOT_SENT, new Metadata());
    } else {
      open.add(stream);
      duringStart.accept(stream);
    }
  }

  void onClosed(FakeStream stream) {
    boolean wasOpen = open.remove(stream);
    if (stream.counted) {
      stream.counted = false;
      Objects.requireNonNull(slots).release();
    }
    if (wasOpen) {
      terminateIfDrained(Status.UNAVAILABLE.withDescription("drained"));
    }
  }

  /** How often streams that wait for a slot were to be returned. */
  public int returns;

  @Override
  public void returnWaiting(Status reason) {
    returns++;
  }

  @Override
  public void releaseReservation() {
    releasedReservations++;
  }

  @Override
  public ClientStream newStreamInSlot(
      StreamParameters parameters, ClientStream.Listener streamListener) {
    FakeStream stream = (FakeStream) newStream(parameters, streamListener);
    stream.counted = true;
    return stream;
  }

  @Override
  public Attributes attributes() {
    return attributes;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public void shutdown(Status reason) {
    drain(reason);
    terminateIfDrained(reason);
  }

  @Override
  public void replace(Status reason) {
    shutdown(reason);
  }

  @Override
  public void shutdownNow(Status reason) {
    terminate(reason);
  }

  /** Of the snapshot. */
  public TransportSnapshot.Counters counters = TransportSnapshot.Counters.NONE;

  /** Makes what {@link #streams} returns. */
  public Supplier<CompletableFuture<List<StreamSnapshot>>> streamList =
      () -> CompletableFuture.completedFuture(List.of());

  @Override
  public CompletableFuture<List<StreamSnapshot>> streams() {
    return streamList.get();
  }

  @Override
  public long id() {
    return port();
  }

  @Override
  public TransportSnapshot snapshot() {
    TransportSnapshot.State state =
        draining ? TransportSnapshot.State.DRAINING : TransportSnapshot.State.READY;
    return new TransportSnapshot(
        port(),
        state,
        address,
        null,
        null,
        0,
        new TransportSnapshot.Settings(0, OptionalLong.empty(), 0, 0, OptionalLong.empty()),
        null,
        new TransportSnapshot.Streams(open.size(), OptionalLong.empty(), 0, OptionalLong.empty()),
        new TransportSnapshot.Window(0, 0, OptionalLong.empty(), OptionalLong.empty(), 0),
        new TransportSnapshot.Buffered(0, 0, 0),
        OptionalLong.empty(),
        counters,
        null,
        new TransportSnapshot.Loop(0, OptionalLong.empty()));
  }

  private static final class IgnoringListener implements ClientStream.Listener {
    @Override
    public void onHeaders(Metadata headers) {}

    @Override
    public void onMessage(InboundMessage message) {}

    @Override
    public void onReady() {}

    @Override
    public void onClosed(Status status, StreamProgress progress, Metadata trailers) {}

    @Override
    public void onBatchEnd() {}

    @Override
    public boolean hasDemand() {
      return false;
    }

    @Override
    public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {}
  }
}
