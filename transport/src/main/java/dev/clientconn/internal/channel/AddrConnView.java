// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Shows other threads what they may see of an {@link AddrConn}: the transport that takes calls, and all connections for the
 * snapshot.
 */
@CrossesThreads
final class AddrConnView {
  /** A connection whose transport may be published, once, until it is retracted. */
  abstract static class Owner {
    /** Guarded by the view. */
    private boolean retracted;
  }

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private volatile List<ClientTransport> connections = List.of();
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private volatile @Nullable ClientTransport ready;
  private @Nullable Owner readyOwner;

  /** The transport for new calls, if one is ready. */
  @Nullable
  ClientTransport ready() {
    return ready;
  }

  ConnectivityState state() {
    return state;
  }

  long id() {
    return id;
  }

  void state(ConnectivityState next) {
    state = next;
  }

  /** Lets new calls use {@code owner}'s transport, unless it has been retracted before. */
  synchronized void publish(Owner owner, ClientTransport transport) {
    if (!owner.retracted) {
      readyOwner = owner;
      ready = transport;
    }
  }

  /**
   * Takes {@code owner}'s transport away from new calls, for good. Called on the event loop too, ahead of the sync context,
   * so that a call that was refused does not find the same transport again: the task that publishes it may be waiting in
   * the sync context still.
   */
  synchronized void retract(Owner owner) {
    owner.retracted = true;
    if (readyOwner == owner) {
      readyOwner = null;
      ready = null;
    }
  }

  /** Those that have not terminated, draining ones included. */
  List<ClientTransport> connections() {
    return connections;
  }

  /** Sync context only. */
  void opened(ClientTransport transport) {
    List<ClientTransport> more = new ArrayList<>(connections);
    more.add(transport);
    connections = List.copyOf(more);
  }

  /** Sync context only. */
  void closed(ClientTransport transport) {
    List<ClientTransport> fewer = new ArrayList<>(connections);
    fewer.remove(transport);
    connections = List.copyOf(fewer);
  }

  ClientConnSnapshot.Subchannel snapshot() {
    List<TransportSnapshot> snapshots = new ArrayList<>();
    for (ClientTransport transport : connections) {
      snapshots.add(transport.snapshot());
    }
    return new ClientConnSnapshot.Subchannel(id, state, List.copyOf(snapshots));
  }
}
