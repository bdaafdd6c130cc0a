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
 * Delivers a response to the application: parses messages as far as there is demand and calls the listener, in order,
 * never from two threads at once, and {@code onClose} exactly once, whatever decompressor, marshaller, listener and
 * executor throw. The plain fields belong to its tasks; other threads use {@link #request}, {@link #execute}, {@link
 * #isClosed} and {@link #wantsMessage} alone.
 */
@CrossesThreads
final class CallListenerExecutor<RespT> extends CallExecutor {
  private static final Logger log = Logger.getLogger(CallListenerExecutor.class.getName());

  private final ActiveCall call;
  private final ClientCall.Listener<RespT> listener;
  private final MessageDecoder<RespT> decoder;
  private final Context context;
  private final Demand demand = new Demand();
  private volatile boolean closed;

  private @Nullable InboundMessage nextMessage;
  private @Nullable InboundMessage lastMessage;
  private CallTracers tracers = CallTracers.NONE;
  private @Nullable Status end;
  private @Nullable Metadata trailers;
  private @Nullable Status failure;
  private boolean messageDelivered;

  CallListenerExecutor(
      ActiveCall call, ClientCall.Listener<RespT> listener, MessageDecoder<RespT> decoder) {
    super(call.plan().executor());
    this.call = call;
    this.listener = listener;
    this.decoder = decoder;
    this.context = call.plan().context();
  }

  /** Asks for messages. Any thread; hops only to the call's executor, and only if messages wait. */
  void request(int messages) {
    if (demand.add(messages)) {
      execute(new CallTask() {
        @Override
        public void run() {
          resume();
        }
      });
    }
    CallAttempt bound = call.latch().bound();
    if (bound != null) {
      bound.stream().demandGrew();
    }
  }

  /**
   * Queues what a read has brought. It joins a batch that waits still: while the executor is behind, memory grows by the
   * bytes that arrive, however many reads they arrive in.
   */
  void queue(PendingEvents batch) {
    if (newest() instanceof PendingEvents waiting
        && waiting.canAbsorb(batch)
        && takeBack(waiting)) {
      waiting.absorb(batch);
      execute(waiting);
    } else {
      execute(batch);
    }
  }

  boolean wantsMessage() {
    return demand.exists();
  }

  boolean isClosed() {
    return closed;
  }

  // ---- The rest runs in the call's executor.

  void accept(PendingEvents batch) {
    if (closed) {
      return;
    }
    Context previous = context.attach();
    try {
      take(batch);
      deliver(batch);
      if (nextMessage != null) {
        nextMessage.trim();
      }
    } finally {
      context.detach(previous);
    }
  }

  private void take(PendingEvents batch) {
    if (batch.tracers != CallTracers.NONE) {
      tracers = batch.tracers;
    }
    InboundMessage first = batch.firstMessage;
    if (first != null && batch.lastMessage != null) {
      if (nextMessage == null || lastMessage == null) {
        nextMessage = first;
        lastMessage = batch.lastMessage;
      } else {
        lastMessage = lastMessage.link(first, batch.lastMessage);
      }
    }
    if (batch.end != null) {
      end = batch.end;
      trailers = batch.trailers;
    }
    if (batch.dropMessages) {
      nextMessage = null;
    }
  }

  private void deliver(PendingEvents batch) {
    if (batch.ready && !batch.dropMessages) {
      deliverReady();
    }
    if (batch.headers != null && !batch.dropMessages) {
      deliverHeaders(batch.headers);
    }
    deliverMessages();
    closeIfDone();
  }

  private void resume() {
    if (closed) {
      return;
    }
    Context previous = context.attach();
    try {
      deliverMessages();
      closeIfDone();
    } finally {
      context.detach(previous);
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
    while (nextMessage != null && failure == null) {
      if (messageDelivered && decoder.isForOneMessage()) {
        fail(decoder.secondMessage());
        return;
      }
      if (!demand.take()) {
        return;
      }
      InboundMessage message = nextMessage;
      nextMessage = message.following();
      if (message == lastMessage) {
        // It holds the messages behind it, or nothing is kept: the stream may be open for long.
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
      // Its bytes are there until onMessage returns: for some marshallers the stream is the
      // message.
      notifyListener(plain);
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
    } finally {
      plain.release();
    }
    CallAttempt bound = call.latch().bound();
    if (bound != null && failure == null) {
      bound.stream().consumed(FramedMessage.PREFIX_LENGTH + wireSize);
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

  /** From here on the listener gets this end alone, whatever the server sends. */
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
    closed = true;
    call.unwatchContext();
    boolean own = failure != null || trailers == null;
    try {
      listener.onClose(failure == null ? streamEnd : failure, own ? new Metadata() : trailers);
    } catch (Throwable t) {
      log.log(Level.WARNING, "A call's listener threw from onClose", t);
    }
  }

  @Override
  void onRejected(Throwable cause) {
    if (closed) {
      return;
    }
    Status status = CANCELLED
        .withDescription(
            "The call's executor rejected its work; is it shut down or its queue full?")
        .withCause(cause);
    failure = status;
    nextMessage = null;
    Context previous = context.attach();
    try {
      close(end == null ? status : end);
    } finally {
      context.detach(previous);
    }
    call.cancel(status);
  }

  @Override
  void onFailed(Throwable cause) {
    if (closed) {
      return;
    }
    fail(Status.INTERNAL
        .withDescription("The response could not be delivered: " + cause)
        .withCause(cause));
    Context previous = context.attach();
    try {
      closeIfDone();
    } finally {
      context.detach(previous);
    }
  }
}
