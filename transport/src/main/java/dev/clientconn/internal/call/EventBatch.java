// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.InboundMessage;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What one read brought for a call; filled by the event loop, then handed over and read by the call's executor. */
final class EventBatch extends CallTask {
  private final ResponseDelivery<?> delivery;
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

  EventBatch(ResponseDelivery<?> delivery, CallTracers tracers) {
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

  /** The peer's end of the call, which waits until the application has taken all messages. */
  void close(Status status, Metadata with) {
    end = status;
    trailers = with;
  }

  /** An end from this side, which waits for nothing. */
  EventBatch closeNow(Status status) {
    close(status, new Metadata());
    dropMessages = true;
    return this;
  }

  @Override
  public void run() {
    delivery.accept(this);
  }
}
