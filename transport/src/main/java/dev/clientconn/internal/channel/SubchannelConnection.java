// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.Attributes;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
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
      if (transport != null) {
        view.removeConnection(transport);
      }
      terminated(reason);
    });
  }
}
