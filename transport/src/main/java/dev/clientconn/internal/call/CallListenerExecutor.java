// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static io.grpc.Status.CANCELLED;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundMessage;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivers a response to the application's listener: parses messages as far as there is demand and
 * calls the listener in order, never from two threads at once, and {@code onClose} exactly once,
 * whatever decompressor, marshaller, listener and executor throw.
 *
 * <p>The plain fields belong to the tasks, which {@link CallExecutor} serialises. Other threads use
 * only {@link #addDemand}, {@link #queue}, {@link #execute}, {@link #isClosed} and {@link
 * #hasDemand}.
 */
@CrossesThreads
final class CallListenerExecutor<RespT> extends TimedExecutor {
  private static final Logger log = Logger.getLogger(CallListenerExecutor.class.getName());

  private final ActiveCall call;
  private final ClientCall.Listener<RespT> listener;
  private final MessageDecoder<RespT> decoder;

  /** Messages that wait for demand, as a chain from the next one to the last. */
  private @Nullable InboundMessage nextMessage;

  private @Nullable InboundMessage lastMessage;
  private CallTracers tracers = CallTracers.NONE;
  /** The end that the transport reported, delivered after the messages. */
  private @Nullable Status end;

  private @Nullable Metadata trailers;
  /** Why this side ended the call while it delivered; takes precedence over {@link #end}. */
  private @Nullable Status failure;

  private boolean messageDelivered;

  CallListenerExecutor(
      ActiveCall call,
      ClientCall.Listener<RespT> listener,
      MessageDecoder<RespT> decoder,
      @Nullable CallTimeline begun) {
    super(call.plan(), begun);
    this.call = call;
    this.listener = listener;
    this.decoder = decoder;
  }

  @Override
  CallPlan plan() {
    return call.plan();
  }

  private Context context() {
    return plan().context();
  }

  /** Adds to the demand. Any thread; queues a task only if messages wait for it. */
  void addDemand(int messages) {
    if (countDemand(messages)) {
      // Without events: the task delivers messages that have arrived before.
      execute(new Task());
    }
  }

  /**
   * Queues the events of a read. They are appended to events that still wait: while the executor is
   * behind, memory grows with the bytes that arrive, however many reads they arrive in.
   */
  void queue(PendingEvents events) {
    if (newest() instanceof PendingEvents waiting
        && waiting.canAbsorb(events)
        && takeBack(waiting)) {
      waiting.absorb(events);
      execute(waiting);
    } else {
      execute(events);
    }
  }

  /** Queues an {@code onReady} of a call that no stream has become the only one of. Any thread. */
  void notifyReady() {
    PendingEvents events = new PendingEvents(CallTracers.NONE);
    events.ready = true;
    // Not through queue(): only the event loop of the call's one stream may take events back.
    execute(events);
  }

  // ---- The rest runs in the call's executor, one task at a time.

  @Override
  void runTask(Task task) {
    if (isClosed()) {
      // Queued before the end, or by an event loop that had not seen it: nothing follows onClose.
      return;
    }
    Context previous = context().attach();
    try {
      if (task instanceof PendingEvents events) {
        append(events);
        deliverEvents(events);
      }
      deliverMessages();
      closeIfDone();
      if (task instanceof PendingEvents && nextMessage != null) {
        // It may wait long for demand. Done once, when it arrives: trimming copies.
        nextMessage.trim();
      }
    } finally {
      context().detach(previous);
    }
  }

  private void append(PendingEvents events) {
    if (events.tracers != CallTracers.NONE) {
      // Of the attempt that the call is committed to: messages come from no other.
      tracers = events.tracers;
    }
    InboundMessage first = events.firstMessage;
    if (first != null && events.lastMessage != null) {
      if (nextMessage == null || lastMessage == null) {
        nextMessage = first;
        lastMessage = events.lastMessage;
      } else {
        lastMessage = lastMessage.link(first, events.lastMessage);
      }
    }
    if (events.end != null) {
      end = events.end;
      trailers = events.trailers;
    }
    if (events.dropMessages) {
      // The call was cancelled or its deadline has passed: messages are not delivered any more.
      nextMessage = null;
    }
  }

  /** Before the messages of the same read: headers precede them on the wire. */
  private void deliverEvents(PendingEvents events) {
    if (events.ready && !events.dropMessages) {
      deliverReady();
    }
    if (events.headers != null && !events.dropMessages) {
      deliverHeaders(events.headers);
    }
  }

  private void deliverReady() {
    if (failure == null) {
      try {
        listener.onReady();
      } catch (Throwable t) {
        fail(CANCELLED.withDescription("Failed to call onReady.").withCause(t));
      }
    }
  }

  private void deliverHeaders(Metadata headers) {
    if (failure == null) {
      decoder.onHeaders(headers);
      try {
        listener.onHeaders(headers);
      } catch (Throwable t) {
        fail(CANCELLED.withDescription("Failed to read headers.").withCause(t));
      }
    }
  }

  private void deliverMessages() {
    // Checked for each message: the listener's callbacks add demand, and may make the call fail.
    while (nextMessage != null && failure == null) {
      // Also without demand, for stubs request no second message: the error would not be seen.
      if (messageDelivered && decoder.isForOneMessage()) {
        fail(decoder.secondMessage());
        return;
      }
      if (!takeDemand()) {
        return;
      }
      InboundMessage message = nextMessage;
      nextMessage = message.following();
      if (message == lastMessage) {
        // Retains no delivered message: the stream may be open for long. A message that holds
        // others continues with them.
        lastMessage = nextMessage;
      }
      messageDelivered = true;
      deliverMessage(message);
    }
  }

  private void deliverMessage(InboundMessage message) {
    int wireSize = message.size();
    InboundMessage plain = message;
    try {
      if (message.isCompressed()) {
        plain = decoder.decompress(message);
        tracers.inboundUncompressedSize(plain.size());
      }
      // Released only after onMessage: some marshallers return the stream itself as the message.
      notifyListener(plain);
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
    } finally {
      plain.release();
    }
    // Credit for what was taken. After a failure the stream is reset, and needs none.
    if (failure == null) {
      call.consumed(FramedMessage.PREFIX_LENGTH + wireSize);
    }
  }

  private void notifyListener(InboundMessage message) {
    RespT parsed;
    try {
      parsed = decoder.parse(message);
    } catch (Throwable t) {
      fail(MessageDecoder.parseFailure(t));
      return;
    }
    try {
      listener.onMessage(parsed);
    } catch (Throwable t) {
      fail(CANCELLED.withDescription("Failed to read message.").withCause(t));
    }
  }

  /** From here on the listener gets only this end, whatever the server sends. */
  private void fail(Status status) {
    failure = status;
    call.cancel(status);
  }

  private void closeIfDone() {
    if (failure != null) {
      nextMessage = null;
    }
    if (end != null && nextMessage == null) {
      boolean empty = failure == null && !messageDelivered;
      if (empty && end.isOk() && decoder.isForOneMessage()) {
        failure = decoder.noMessage();
      }
      close(end);
    }
  }

  private void close(Status streamEnd) {
    setClosed();
    call.unwatchContext();
    Status last = failure == null ? streamEnd : failure;
    if (isTimed()) {
      endTimes(last, call.attempts());
    }
    // The server's trailers belong to the server's status only.
    boolean own = failure != null || trailers == null;
    try {
      listener.onClose(last, own ? new Metadata() : trailers);
    } catch (Throwable t) {
      log.log(Level.WARNING, "A call's listener threw from onClose", t);
    }
  }

  @Override
  void onRejected(Throwable cause) {
    if (isClosed()) {
      return;
    }
    Status status = CANCELLED
        .withDescription(
            "The call's executor rejected its work; is it shut down or its queue full?")
        .withCause(cause);
    failure = status;
    nextMessage = null;
    Context previous = context().attach();
    try {
      // On the thread that was rejected, the event loop for one: better than a call without an end.
      close(end == null ? status : end);
    } finally {
      context().detach(previous);
    }
    call.cancel(status);
  }

  @Override
  void onFailed(Throwable cause) {
    if (isClosed()) {
      return;
    }
    fail(Status.INTERNAL
        .withDescription("The response could not be delivered: " + cause)
        .withCause(cause));
    Context previous = context().attach();
    try {
      closeIfDone();
    } finally {
      context().detach(previous);
    }
  }
}
