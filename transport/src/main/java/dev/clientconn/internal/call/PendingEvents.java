// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.InboundMessage;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Carries what one read brought for a call to the call's executor, or what several have brought where the executor has
 * not come to it yet. Filled by the event loop.
 */
final class PendingEvents extends CallTask {
  private final CallListenerExecutor<?> delivery;
  final CallTracers tracers;

  @Nullable
  Metadata headers;

  @Nullable
  InboundMessage firstMessage;

  @Nullable
  InboundMessage lastMessage;

  boolean ready;

  @Nullable
  Status end;

  @Nullable
  Metadata trailers;

  boolean dropMessages;

  PendingEvents(CallListenerExecutor<?> delivery, CallTracers tracers) {
    this.delivery = delivery;
    this.tracers = tracers;
  }

  void add(InboundMessage message) {
    if (lastMessage == null) {
      firstMessage = message;
    } else {
      lastMessage.next = message;
    }
    lastMessage = message;
  }

  /** Whether what a later read brings can be put behind this. */
  boolean canAbsorb(PendingEvents later) {
    return lastMessage != null && end == null && tracers == later.tracers && !dropMessages;
  }

  /** Takes over what a later read has brought. */
  void absorb(PendingEvents later) {
    InboundMessage last = lastMessage;
    if (last != null && later.firstMessage != null && later.lastMessage != null) {
      lastMessage = last.link(later.firstMessage, later.lastMessage);
    }
    ready |= later.ready;
    end = later.end;
    trailers = later.trailers;
    dropMessages = later.dropMessages;
  }

  /** The peer's end of the call, which waits until the application has taken all messages. */
  void close(Status status, Metadata with) {
    end = status;
    trailers = with;
  }

  /** An end from this side, which waits for nothing. */
  PendingEvents closeNow(Status status) {
    close(status, new Metadata());
    dropMessages = true;
    return this;
  }

  @Override
  public void run() {
    delivery.accept(this);
  }
}
