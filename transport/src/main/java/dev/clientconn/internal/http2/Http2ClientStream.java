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
 * What a call holds of its stream: turns the call's wishes into commands. It is itself the command that opens the
 * stream, so that a unary call costs one command object.
 */
@CrossesThreads
final class Http2ClientStream extends Command implements ClientStream {

  private final ControlBuffer control;
  /** Until the headers are framed, as {@link #headers}: a stream may be open for long. */
  private @Nullable StreamParameters call;

  private RequestHeaders.@Nullable Lists headers;
  private final Listener listener;
  private final @Nullable Status failure;
  private final int creditBatch;

  /** Set by the caller before the handle is put, read by the loop after it was taken. */
  private @Nullable FramedMessage firstMessage;

  private boolean endOfStream;

  /** Made by start, before other threads can ask; a call that has said all it has to say needs none. */
  private @Nullable WriteQuota writeQuota;

  /** Of the call's executor alone: taken by the application and not yet returned to the loop. */
  private int unreturned;

  /** The loop waits for the application's demand before it lets a large message in. */
  private volatile boolean awaitingDemand;

  private volatile boolean open;

  /** Loop only. */
  private @Nullable StreamState stream;

  /**
   * @param failure why the call cannot be sent at all, {@code null} if it can
   * @param creditBatch how many taken bytes are worth a command
   */
  Http2ClientStream(
      ControlBuffer control,
      StreamParameters call,
      RequestHeaders.Lists headers,
      @Nullable Status failure,
      Listener listener,
      int creditBatch) {
    this.control = control;
    this.call = call;
    this.headers = headers;
    this.failure = failure;
    this.listener = listener;
    this.creditBatch = creditBatch;
  }

  @Override
  public void start(@Nullable FramedMessage message, boolean endOfStream) {
    this.firstMessage = message;
    this.endOfStream = endOfStream;
    if (!endOfStream) {
      writeQuota = new WriteQuota(call().onReadyThreshold());
      queued(message);
    }
    control.put(this);
  }

  @Override
  void apply(Http2Client client) {
    client.streams().open(this);
  }

  @Override
  void abandon(Http2Client client, Status reason) {
    client.streams().abandon(this, reason);
  }

  @Override
  public void write(FramedMessage message) {
    queued(message);
    control.put(new Commands.Write(this, message, false));
  }

  private void queued(@Nullable FramedMessage message) {
    if (writeQuota != null && message != null) {
      writeQuota.add(message.length());
    }
  }

  @Override
  public void halfClose() {
    control.put(new Commands.Write(this, null, true));
  }

  @Override
  public void cancel(Status reason) {
    control.put(new Commands.Cancel(this, reason));
  }

  @Override
  public boolean isReady() {
    return open && writeQuota != null && writeQuota.isReady();
  }

  @Override
  public void consumed(int bytes) {
    unreturned += bytes;
    if (unreturned >= creditBatch) {
      control.put(new Commands.Credit(this, unreturned));
      unreturned = 0;
    }
  }

  @Override
  public void demandGrew() {
    if (awaitingDemand) {
      awaitingDemand = false;
      control.put(new Commands.Grant(this));
    }
  }

  // What follows is for the event loop.

  /** Of a stream that is not open yet. */
  StreamParameters call() {
    return Objects.requireNonNull(call, "the stream is open");
  }

  /** The headers, to be framed; neither they nor {@link #call} are there afterwards. */
  RequestHeaders.Lists takeHeaders() {
    RequestHeaders.Lists taken = Objects.requireNonNull(headers, "the stream is open");
    headers = null;
    call = null;
    return taken;
  }

  /** Why the call could be sent on no connection to this peer, {@code null} if it can. */
  @Nullable
  Status failure(long maxHeaderListSize) {
    // RFC 9113 section 10.5.1: a peer may refuse what is over its limit, so it is not sent.
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

  /** The stream will not send it. */
  void releaseFirstMessage() {
    FramedMessage message = takeFirstMessage();
    if (message != null) {
      message.release();
    }
  }

  boolean endOfStream() {
    return endOfStream;
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

  /** Headers have been framed: the call may be notified that it is ready. */
  void opened() {
    open = true;
  }

  /** Returns whether the call became ready to write again. */
  boolean framed(int bytes) {
    return writeQuota != null && writeQuota.subtract(bytes) && open;
  }

  /** Asks to be woken by {@link #demandGrew}. Returns false if demand came in between: then nothing will wake. */
  boolean awaitDemand() {
    awaitingDemand = true;
    if (listener.wantsMessage()) {
      awaitingDemand = false;
      return false;
    }
    return true;
  }
}
