// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what other threads may read of an {@link AddrConn}: the transport for new calls, the
 * state, and all connections for the snapshot.
 */
@CrossesThreads
final class AddrConnView {
  /** Identifies a connection, whose transport may be published until it is unpublished. */
  abstract static class Owner {
    /** Guarded by the view. */
    private boolean unpublished;
  }

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private volatile List<ClientTransport> connections = List.of();
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private volatile @Nullable String failure;
  private volatile @Nullable ClientTransport ready;
  private volatile @Nullable SlotQueue slots;
  private @Nullable Owner readyOwner;

  /** The transport for new calls, if one is ready and its streams are not counted. */
  @Nullable
  ClientTransport ready() {
    return ready;
  }

  /** Assigns calls to connections whose streams are counted; absent where there are none. */
  @Nullable
  SlotQueue slots() {
    return slots;
  }

  /** Sync context only. */
  void slots(@Nullable SlotQueue queue) {
    slots = queue;
  }

  ConnectivityState state() {
    return state;
  }

  long id() {
    return id;
  }

  void state(ConnectivityState next) {
    if (next == ConnectivityState.READY) {
      failure = null;
    }
    state = next;
  }

  /** The last attempt to connect has failed. */
  void failed(String reason) {
    failure = reason;
  }

  /** Offers {@code owner}'s transport to new calls, unless it was unpublished before. */
  synchronized void publish(Owner owner, ClientTransport transport) {
    if (!owner.unpublished) {
      readyOwner = owner;
      ready = transport;
    }
  }

  /**
   * Withdraws {@code owner}'s transport from new calls, for good. Called on the event loop, ahead
   * of the sync context: a call that the transport refused must not find it again, and the task
   * that publishes it may still be queued in the sync context.
   */
  synchronized void unpublish(Owner owner) {
    owner.unpublished = true;
    withdraw(owner);
  }

  /** Withdraws {@code owner}'s transport, which {@link #slots} has from now on. */
  synchronized void withdraw(Owner owner) {
    if (readyOwner == owner) {
      readyOwner = null;
      ready = null;
    }
  }

  /** The connections that have not terminated, draining ones included. */
  List<ClientTransport> connections() {
    return connections;
  }

  /** Sync context only. */
  void addConnection(ClientTransport transport) {
    List<ClientTransport> more = new ArrayList<>(connections);
    more.add(transport);
    connections = List.copyOf(more);
  }

  /** Sync context only. */
  void removeConnection(ClientTransport transport) {
    List<ClientTransport> fewer = new ArrayList<>(connections);
    fewer.remove(transport);
    connections = List.copyOf(fewer);
  }

  /** Sync context only. Streams that wait for a slot are sent over connections of another view. */
  void replaceConnections(Status reason) {
    for (ClientTransport transport : connections) {
      if (transport.snapshot().state() != TransportSnapshot.State.CONNECTING) {
        transport.replace(reason);
      }
    }
  }

  ClientConnSnapshot.Subchannel snapshot() {
    List<TransportSnapshot> snapshots = new ArrayList<>();
    for (ClientTransport transport : connections) {
      snapshots.add(transport.snapshot());
      transport.measure();
    }
    SlotQueue queue = slots;
    return new ClientConnSnapshot.Subchannel(
        id,
        state,
        List.copyOf(snapshots),
        queue == null ? 0 : queue.waitingCalls(),
        queue == null ? OptionalLong.empty() : queue.oldestWaitNanos(),
        failure);
  }
}
