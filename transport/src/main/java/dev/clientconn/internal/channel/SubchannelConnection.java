// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TlsVersion;
import io.grpc.Attributes;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Moves the events of one connection of a subchannel from the event loop to the sync context, where
 * everything else of this class runs.
 */
abstract class SubchannelConnection extends AddrConnView.Owner implements ClientTransport.Listener {
  private final AddrConnView view;
  private final SynchronizationContext sync;
  /** Absent until the dial, and where the dial has thrown. */
  private @Nullable ClientTransport transport;

  /** What it was dialed with. Set by {@link ConnectionReplacer}, as are the next two. */
  TlsVersion tls = TlsVersion.FIXED;

  boolean reachedMaxAge;

  /** Of the maximum age while the connection takes calls, of the drain afterwards. */
  @Nullable
  ScheduledHandle timer;

  SubchannelConnection(AddrConnView view, SynchronizationContext sync) {
    this.view = view;
    this.sync = sync;
  }

  /** The peer's SETTINGS have arrived. */
  abstract void ready();

  /** The connection takes no new streams. */
  abstract void draining();

  /** The connection has ended or could not be made. Called last. */
  abstract void terminated(Status reason);

  void dialed(ClientTransport started) {
    transport = started;
    view.addConnection(started);
  }

  /** Offers the connection to new calls, unless it has ended meanwhile. */
  void publish() {
    if (transport != null) {
      view.publish(this, transport);
    }
  }

  /** Withdraws the connection from new calls. */
  void unpublish() {
    view.unpublish(this);
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
      transport.replace(reason);
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
  public void onReady(Attributes attributes) {
    sync.execute(this::ready);
  }

  @Override
  public void onDraining(Status reason) {
    view.unpublish(this);
    sync.execute(this::draining);
  }

  @Override
  public void onTerminated(Status reason) {
    view.unpublish(this);
    sync.execute(() -> {
      cancelTimer();
      if (transport != null) {
        view.removeConnection(transport);
      }
      terminated(reason);
    });
  }
}
