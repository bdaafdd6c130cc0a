// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives one call the transport on which a stream slot was reserved for it. The slot passes to the
 * stream; if the call ends before it has one, {@link #releaseReservation} returns the slot.
 */
@CrossesThreads
final class SlotReservation implements ClientTransport {
  private final ClientTransport transport;
  private final StreamSlots slots;
  /** The call's thread makes the stream while another one may end the call. */
  private final AtomicBoolean used = new AtomicBoolean();

  SlotReservation(ClientTransport transport, StreamSlots slots) {
    this.transport = transport;
    this.slots = slots;
  }

  ClientTransport transport() {
    return transport;
  }

  @Override
  public ClientStream newStream(StreamParameters headers, ClientStream.Listener listener) {
    if (!used.compareAndSet(false, true)) {
      // The call has ended: its stream will be cancelled before it opens.
      return transport.newStream(headers, listener);
    }
    try {
      return transport.newStreamInSlot(headers, listener);
    } catch (Throwable t) {
      slots.release();
      throw t;
    }
  }

  @Override
  public void releaseReservation() {
    if (used.compareAndSet(false, true)) {
      slots.release();
    }
  }

  @Override
  public Attributes attributes() {
    return transport.attributes();
  }

  @Override
  public String authority() {
    return transport.authority();
  }

  @Override
  public void shutdown(Status reason) {
    transport.shutdown(reason);
  }

  @Override
  public void replace(Status reason) {
    transport.replace(reason);
  }

  @Override
  public void shutdownNow(Status reason) {
    transport.shutdownNow(reason);
  }

  @Override
  public long id() {
    return transport.id();
  }

  @Override
  public TransportSnapshot snapshot() {
    return transport.snapshot();
  }

  @Override
  public CompletableFuture<List<StreamSnapshot>> streams() {
    return transport.streams();
  }

  @Override
  public void measure() {
    transport.measure();
  }
}
