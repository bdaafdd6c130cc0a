// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.InFlow;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.wire.MessageDeframer;
import dev.clientconn.internal.wire.NonGrpcBody;
import dev.clientconn.internal.wire.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** One stream as the connection sees it: where it is in its life, its windows, what it has to send, what is half read. */
@EventLoopConfined
final class StreamState extends DeadlineWheel.Timeout implements MessageDeframer.Sink {

  /** A stream's life on this side. Half-closes are two flags beside it, as RFC 9113 figure 2 would have them. */
  enum State {
    /** In the queue for a slot: no id, nothing sent. */
    WAITING,
    /** HEADERS sent. */
    OPEN,
    /** The call has been told its end. */
    CLOSED
  }

  private final Http2ClientStream handle;
  private State state = State.WAITING;
  private int id;
  private long waitingSince;
  /** {@link ActiveStreams}'s. */
  @Nullable
  StreamState nextInChain;

  final SendQueue sendQueue = new SendQueue();
  private final SendQuota.OfStream sendQuota;
  private boolean localEnded;

  private final InFlow inFlow;
  private final int maxMessageSize;
  /** Made by the first DATA. */
  private @Nullable MessageDeframer deframer;

  /**
   * HTTP status of the response headers, {@link ResponseHeaders#NO_RESPONSE} before they have been
   * received.
   */
  private short responseStatus = ResponseHeaders.NO_RESPONSE;

  private boolean remoteEnded;
  private @Nullable NonGrpcBody nonGrpcBody;

  /** Has told its listener something since the last batch end. */
  private boolean hasNews;

  private boolean inBatch;
  /** Why messages are missing, if so: the call must not end with OK. */
  private @Nullable Status lost;

  StreamState(Http2ClientStream handle, SendQuota quota, int receiveWindow) {
    this.handle = handle;
    this.sendQuota = new SendQuota.OfStream(quota);
    this.inFlow = new InFlow(receiveWindow);
    this.maxMessageSize = handle.call().maxInboundMessageSize();
  }

  Http2ClientStream handle() {
    return handle;
  }

  State state() {
    return state;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  int id() {
    return id;
  }

  void waitsSince(long nanoTime) {
    waitingSince = nanoTime;
  }

  long waitingSince() {
    return waitingSince;
  }

  void opened(int streamId) {
    id = streamId;
    state = State.OPEN;
    if (!handle.endOfStream()) {
      handle.opened();
    }
  }

  // Sending

  SendQuota.OfStream sendQuota() {
    return sendQuota;
  }

  /** END_STREAM has been sent. */
  void endLocal() {
    localEnded = true;
  }

  boolean localEnded() {
    return localEnded;
  }

  // Receiving

  InFlow inFlow() {
    return inFlow;
  }

  MessageDeframer deframer() {
    if (deframer == null) {
      deframer = new MessageDeframer(maxMessageSize);
    }
    return deframer;
  }

  /** Whether a message has begun and not ended. */
  boolean midMessage() {
    return deframer != null && deframer.midMessage();
  }

  /** Bytes still to come of the message it is in, as far as known. */
  int missing() {
    return deframer == null ? 0 : deframer.missing();
  }

  boolean responseSeen() {
    return responseStatus != ResponseHeaders.NO_RESPONSE;
  }

  int responseStatus() {
    return responseStatus;
  }

  void sawResponse(int httpStatus) {
    responseStatus = (short) httpStatus;
  }

  /** A frame with END_STREAM has been received. */
  void endRemote() {
    remoteEnded = true;
  }

  /** Whether both sides have sent END_STREAM: no frame may follow for it (RFC 9113 section 5.1). */
  boolean endedByBoth() {
    return localEnded && remoteEnded;
  }

  /** The response is not gRPC's: what follows is collected for the error's text. */
  void collectNonGrpcBody(Status soFar) {
    nonGrpcBody = new NonGrpcBody(soFar);
  }

  @Nullable
  NonGrpcBody nonGrpcBody() {
    return nonGrpcBody;
  }

  boolean wantsMessage() {
    return handle.listener().wantsMessage();
  }

  /** What the stream is waiting for: a part of the status of a call whose deadline passes. */
  private String waitedFor() {
    if (state == State.WAITING) {
      return "a stream slot: the peer allows no more streams on this connection, or does not read";
    }
    if (!sendQueue.isEmpty()) {
      if (sendQuota.available() > 0) {
        return "the socket, which takes no more bytes";
      }
      return sendQuota.window() <= 0 ? "the stream's send window" : "the connection's send window";
    }
    return responseSeen() ? "the rest of the server's response" : "the server's response";
  }

  // Telling the call. The connection collects who has news, and ends their batches before its turn
  // ends.

  void tellHeaders(Metadata headers) {
    hasNews = true;
    handle.listener().onHeaders(headers);
  }

  @Override
  public void message(InboundMessage message) {
    handle.listener().onMessage(message);
    hasNews = true;
  }

  void tellReady() {
    hasNews = true;
    handle.listener().onReady();
  }

  void tellClosed(Status status, StreamProgress progress, Metadata trailers) {
    flushMessages();
    state = State.CLOSED;
    hasNews = true;
    handle.listener().onClosed(lost == null ? status : lost, progress, trailers);
  }

  /**
   * Ends the stream because its deadline has passed.
   *
   * @param detail what else is known of the connection
   */
  void notifyDeadlineExceeded(@Nullable String detail) {
    String waitedFor = waitedFor();
    flushMessages();
    state = State.CLOSED;
    hasNews = true;
    if (lost == null) {
      handle.listener().onDeadlineExceeded(waitedFor, detail);
    } else {
      handle.listener().onClosed(lost, StreamProgress.PROCESSED, new Metadata());
    }
  }

  /** Delivers what has been packed before the stream ends; a failure becomes the call's status. */
  private void flushMessages() {
    try {
      deliverMessages();
    } catch (Throwable t) {
      lost(t);
    }
  }

  /** The small messages of this turn, which have been packed. */
  private void deliverMessages() {
    if (deframer != null) {
      deframer.endBatch(this);
    }
  }

  /** Returns whether the stream has events and was not collected yet; from now on it is. */
  boolean joinBatch() {
    boolean joins = (hasNews || (deframer != null && deframer.hasPacked())) && !inBatch;
    inBatch |= joins;
    return joins;
  }

  void endBatch() {
    // First, so that the stream can be collected again whatever is thrown.
    inBatch = false;
    try {
      deliverMessages();
    } catch (Throwable t) {
      lost(t);
      throw t;
    } finally {
      if (hasNews) {
        hasNews = false;
        handle.listener().onBatchEnd();
      }
    }
  }

  private void lost(Throwable thrown) {
    if (lost == null) {
      lost = Status.INTERNAL
          .withDescription("Messages could not be delivered: " + thrown)
          .withCause(thrown);
    }
  }
}
