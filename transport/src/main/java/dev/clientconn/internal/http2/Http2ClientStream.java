// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.flow.WriteQuota;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.wire.RequestHeaders;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes what a call does with its stream to the event loop, as commands. It is itself the command
 * that opens the stream, so that a unary call costs one command object.
 *
 * <p>Fields without {@code volatile} are safe by hand-over: the caller sets them before it puts the
 * command, the loop reads them after it took it, and {@link ControlBuffer} orders the two.
 */
@CrossesThreads
final class Http2ClientStream extends Command implements ClientStream {

  private final ControlBuffer controlBuffer;
  /** Dropped with {@link #headers} when these are framed: a stream may be open for long. */
  private @Nullable StreamParameters call;

  private RequestHeaders.@Nullable Lists headers;
  private final Listener listener;
  private final @Nullable Status failure;
  private final int creditBatch;

  private @Nullable FramedMessage firstMessage;

  private boolean endOfStream;

  private final boolean inSlot;
  /** Of a streaming request: the server responds with one message, after the half-close. */
  private boolean oneResponse;

  /** Created by start, before other threads can ask; not needed when the request is complete. */
  private @Nullable WriteQuota writeQuota;

  /** Call executor only: bytes consumed by the application and not yet returned to the loop. */
  private int unreturned;

  /** The loop waits for demand before it grows the window for a large message. */
  private volatile boolean awaitingDemand;

  private volatile boolean open;

  /** Loop only. */
  private @Nullable StreamState stream;

  /**
   * @param failure why the call cannot be sent at all, {@code null} if it can
   * @param creditBatch how many consumed bytes are worth a command
   * @param inSlot whether the channel has reserved a slot of the connection for it
   */
  Http2ClientStream(
      ControlBuffer controlBuffer,
      StreamParameters call,
      RequestHeaders.Lists headers,
      @Nullable Status failure,
      Listener listener,
      int creditBatch,
      boolean inSlot) {
    this.controlBuffer = controlBuffer;
    this.call = call;
    this.headers = headers;
    this.failure = failure;
    this.listener = listener;
    this.creditBatch = creditBatch;
    this.inSlot = inSlot;
  }

  @Override
  public void start(@Nullable FramedMessage message, boolean endOfStream) {
    this.firstMessage = message;
    this.endOfStream = endOfStream;
    if (!endOfStream) {
      // Before the command is put: the loop may frame the message and give the quota back at once.
      writeQuota = new WriteQuota(call().onReadyThreshold());
      oneResponse = call().method().getType().serverSendsOneMessage();
      queued(message);
    }
    controlBuffer.put(this);
  }

  @Override
  public void write(FramedMessage message) {
    queued(message);
    controlBuffer.put(new Commands.Write(this, message, false));
  }

  private void queued(@Nullable FramedMessage message) {
    if (writeQuota != null && message != null) {
      writeQuota.add(message.length());
    }
  }

  @Override
  public void halfClose() {
    controlBuffer.put(new Commands.Write(this, null, true));
  }

  @Override
  public void cancel(Status reason) {
    controlBuffer.put(new Commands.Cancel(this, reason));
  }

  @Override
  public boolean isReady() {
    return open && writeQuota != null && writeQuota.isReady();
  }

  @Override
  public void consumed(int bytes) {
    // Up to a batch stays uncounted for good at the end of the call: the loop drops the stream's
    // window then, and the connection's window is credited on arrival.
    unreturned += bytes;
    if (unreturned >= creditBatch) {
      controlBuffer.put(new Commands.WindowCredit(this, unreturned));
      unreturned = 0;
    }
  }

  @Override
  public void onDemand() {
    if (awaitingDemand) {
      awaitingDemand = false;
      controlBuffer.put(new Commands.AdmitLargeMessage(this));
    }
  }

  // Called by the event loop only

  /** The call's parameters; only while the stream is not open. */
  StreamParameters call() {
    return Objects.requireNonNull(call, "the stream is open");
  }

  /** Returns the headers to be framed, and drops them and {@link #call}. */
  RequestHeaders.Lists takeHeaders() {
    RequestHeaders.Lists taken = Objects.requireNonNull(headers, "the stream is open");
    headers = null;
    call = null;
    return taken;
  }

  /** Why the call cannot be sent on any connection to this peer, {@code null} if it can. */
  @Nullable
  Status failure(long maxHeaderListSize) {
    // RFC 9113 section 10.5.1: the peer may reject a list over its limit, so it is not sent.
    if (failure == null
        && maxHeaderListSize != Long.MAX_VALUE
        && RequestHeaders.listSize(Objects.requireNonNull(headers)) > maxHeaderListSize) {
      return Status.INTERNAL.withDescription("header list size to send violates the maximum size ("
          + maxHeaderListSize
          + " bytes) set by server");
    }
    return failure;
  }

  Listener listener() {
    return listener;
  }

  @Nullable
  FramedMessage takeFirstMessage() {
    FramedMessage message = firstMessage;
    firstMessage = null;
    return message;
  }

  /** Releases the first message, which will not be sent. */
  void releaseFirstMessage() {
    FramedMessage message = takeFirstMessage();
    if (message != null) {
      message.release();
    }
  }

  boolean endOfStream() {
    return endOfStream;
  }

  boolean inSlot() {
    return inSlot;
  }

  boolean hasOneResponse() {
    return oneResponse;
  }

  void bind(StreamState stream) {
    this.stream = stream;
  }

  boolean isBound() {
    return stream != null;
  }

  StreamState stream() {
    return Objects.requireNonNull(stream, "the stream was not started");
  }

  /** Bytes that the call has written and the loop has not framed. */
  long queuedBytes() {
    WriteQuota quota = writeQuota;
    if (quota != null) {
      return quota.queued();
    }
    return stream == null ? 0 : stream.sendQueue.remaining();
  }

  /** Consumed bytes not yet returned to the loop: about, as another thread writes the number. */
  int unreturned() {
    return unreturned;
  }

  /** The headers have been framed: {@link #isReady} may be true from now on. */
  void opened() {
    open = true;
  }

  /** Bytes have been framed. Returns whether that made the call ready to write again. */
  boolean framed(int bytes) {
    return writeQuota != null && writeQuota.subtract(bytes) && open;
  }

  /**
   * Has the next {@link #onDemand} put a command. Returns false if there is demand already. The
   * flag is set before demand is checked, and a call adds demand before it checks the flag: one of
   * the two always sees the other.
   */
  boolean awaitDemand() {
    awaitingDemand = true;
    if (listener.hasDemand()) {
      awaitingDemand = false;
      return false;
    }
    return true;
  }
}
