// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.InboundMessage;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Carries the events of one read to the call's executor, or those of several reads where the
 * executor has not run yet. Filled by the event loop; belongs to {@link CallListenerExecutor} once
 * queued. Ordinary fields suffice: queueing publishes them.
 */
final class PendingEvents extends CallExecutor.Task {
  /** Of the attempt that the events belong to. */
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

  PendingEvents(CallTracers tracers) {
    this.tracers = tracers;
  }

  void addMessage(InboundMessage message) {
    if (lastMessage == null) {
      firstMessage = message;
    } else {
      lastMessage.next = message;
    }
    lastMessage = message;
  }

  /** Whether the events of a later read can be appended to these without changing their order. */
  boolean canAbsorb(PendingEvents later) {
    return lastMessage != null && end == null && tracers == later.tracers && !dropMessages;
  }

  /** Appends the events of a later read. */
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

  /** Adds the peer's end of the call; it is delivered after all messages. */
  void close(Status status, Metadata with) {
    end = status;
    trailers = with;
  }

  /** Adds an end from this side; it is delivered at once and drops undelivered messages. */
  PendingEvents closeNow(Status status) {
    close(status, new Metadata());
    dropMessages = true;
    return this;
  }
}
