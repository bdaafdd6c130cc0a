// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.InFlow;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.transport.WaitPhrase;
import dev.clientconn.internal.wire.MessageDeframer;
import dev.clientconn.internal.wire.NonGrpcBody;
import dev.clientconn.internal.wire.ResponseBlock;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of one stream on the event loop: its life, windows, unsent messages and half-read
 * response, and which events its call has not been notified of. A stream is created without an id
 * (it waits for a slot), is open from its HEADERS on, and is closed when its call has been notified
 * of the end. Half-closes are two flags beside that (RFC 9113 figure 2).
 */
@EventLoopConfined
final class StreamState extends DeadlineWheel.Timeout implements MessageDeframer.Sink {

  /** Beside {@link #phase}: messages were delivered in this turn. */
  private static final byte MESSAGES = 64;

  private final Http2ClientStream clientStream;
  /** 0 until the stream is opened. */
  private int id;

  private boolean closed;
  /** What the stream does; see {@link StreamWaits}, which also sets the next two fields. */
  private byte phase;

  private long since;
  private @Nullable StreamTimes times;
  /** For {@link ActiveStreams}: the next stream in a chain of its table. */
  @Nullable
  StreamState nextInChain;

  final SendQueue sendQueue = new SendQueue();
  private final SendQuota.OfStream sendQuota;
  private boolean localEnded;

  private final InFlow inFlow;
  private final int maxMessageSize;
  /** Created by the first DATA. */
  private @Nullable MessageDeframer deframer;

  /**
   * HTTP status of the response headers, {@link ResponseBlock#NO_RESPONSE} before they arrive.
   */
  private short responseStatus = ResponseBlock.NO_RESPONSE;

  private boolean remoteEnded;
  private @Nullable NonGrpcBody nonGrpcBody;

  /** The listener has been notified of something since its last batch end. */
  private boolean hasEvents;

  /** Whether {@link PendingDeliveries} holds the stream. */
  private boolean pending;

  /** Why messages could not be delivered, if so: the call must not end with OK. */
  private @Nullable Status deliveryFailure;

  StreamState(Http2ClientStream clientStream, SendQuota quota, int receiveWindow) {
    this.clientStream = clientStream;
    this.sendQuota = new SendQuota.OfStream(quota);
    this.inFlow = new InFlow(receiveWindow);
    this.maxMessageSize = clientStream.call().maxInboundMessageSize();
  }

  Http2ClientStream clientStream() {
    return clientStream;
  }

  ClientStream.Listener listener() {
    return clientStream.listener();
  }

  // Life

  boolean isWaiting() {
    return id == 0 && !closed;
  }

  boolean isOpen() {
    return id != 0 && !closed;
  }

  boolean isClosed() {
    return closed;
  }

  int id() {
    return id;
  }

  // Times

  byte phase() {
    return (byte) (phase & ~MESSAGES);
  }

  /** When the stream entered its phase, by {@link TurnClock}. */
  long since() {
    return since;
  }

  void enterPhase(byte next, long now) {
    phase = (byte) (next | (phase & MESSAGES));
    since = now;
  }

  /** Leaves {@link #since} as it is. */
  void endPhases() {
    phase = StreamWaits.ENDED;
    times = null;
  }

  @Nullable
  StreamTimes times() {
    return times;
  }

  StreamTimes createTimes() {
    if (times == null) {
      times = new StreamTimes();
    }
    return times;
  }

  /** Whether messages were delivered since the last call of this method. */
  boolean takeMessagesDelivered() {
    boolean delivered = (phase & MESSAGES) != 0;
    phase &= ~MESSAGES;
    return delivered;
  }

  // Opening

  void opened(int streamId) {
    id = streamId;
    if (!clientStream.endOfStream()) {
      clientStream.opened();
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
    return deframer != null && deframer.isMidMessage();
  }

  /** Bytes still to arrive of the current message, as far as known. */
  int missingBytes() {
    return deframer == null ? 0 : deframer.bytesMissing();
  }

  boolean hasResponse() {
    return responseStatus != ResponseBlock.NO_RESPONSE;
  }

  int responseStatus() {
    return responseStatus;
  }

  void responseReceived(int httpStatus) {
    responseStatus = (short) httpStatus;
  }

  /** A frame with END_STREAM has been received. */
  void endRemote() {
    remoteEnded = true;
  }

  boolean remoteEnded() {
    return remoteEnded;
  }

  /** Whether both sides have sent END_STREAM: no frame may follow for it (RFC 9113 section 5.1). */
  boolean endedByBoth() {
    return localEnded && remoteEnded;
  }

  /** The response is not gRPC: its body is collected, to be quoted in the call's status. */
  void collectNonGrpcBody(Status soFar) {
    nonGrpcBody = new NonGrpcBody(soFar);
  }

  @Nullable
  NonGrpcBody nonGrpcBody() {
    return nonGrpcBody;
  }

  boolean hasDemand() {
    return listener().hasDemand();
  }

  // Notifying the call. PendingDeliveries collects the streams that have events, and ends each
  // one's batch before the turn ends.

  void notifyHeaders(Metadata headers) {
    hasEvents = true;
    listener().onHeaders(headers);
  }

  @Override
  public void message(InboundMessage message) {
    listener().onMessage(message);
    hasEvents = true;
    phase |= MESSAGES;
  }

  void notifyReady() {
    hasEvents = true;
    listener().onReady();
  }

  void notifyClosed(Status status, StreamProgress progress, Metadata trailers) {
    // Messages before the end: the peer sent them in this order, also when an error follows.
    deliverLastMessages();
    closed = true;
    hasEvents = true;
    listener().onClosed(deliveryFailure == null ? status : deliveryFailure, progress, trailers);
  }

  /**
   * @param cause what the stream waited for
   * @param detail what else is known of the connection, {@code null} for nothing
   */
  void notifyDeadlineExceeded(WaitCause cause, @Nullable String detail) {
    String waitedFor = waitedFor(cause);
    deliverLastMessages();
    closed = true;
    hasEvents = true;
    if (deliveryFailure == null) {
      listener().onDeadlineExceeded(waitedFor, detail);
    } else {
      listener().onClosed(deliveryFailure, StreamProgress.PROCESSED, new Metadata());
    }
  }

  /** What the stream is waiting for: part of the status of a call whose deadline passes. */
  private String waitedFor(WaitCause cause) {
    if (isWaiting()) {
      return "a stream slot: the peer allows no more streams on this connection, or does not read";
    }
    return switch (cause) {
      case APPLICATION ->
        sendQueue.isEnded()
            ? "the application to take the response"
            : "the application to send, or to half-close";
      case SERVER -> hasResponse() ? "the rest of the server's response" : WaitPhrase.of(cause);
      default -> WaitPhrase.of(cause);
    };
  }

  /** Delivers what is packed before the stream ends; a failure becomes the call's status. */
  private void deliverLastMessages() {
    try {
      deliverMessages();
    } catch (Throwable t) {
      recordFailure(t);
    }
  }

  /** Delivers the small messages of this turn, which the deframer has packed into one chunk. */
  private void deliverMessages() {
    if (deframer != null) {
      deframer.deliverPacked(this);
    }
  }

  /** Returns whether the stream has events and was not marked pending before; now it is. */
  boolean markPending() {
    boolean joins = (hasEvents || (deframer != null && deframer.hasPackedMessages())) && !pending;
    pending |= joins;
    return joins;
  }

  /** Delivers the packed messages and ends the batch of events. */
  void deliverEvents() {
    // First, so that the stream can become pending again whatever is thrown.
    pending = false;
    try {
      deliverMessages();
    } catch (Throwable t) {
      recordFailure(t);
      throw t;
    } finally {
      if (hasEvents) {
        hasEvents = false;
        listener().onBatchEnd();
      }
    }
  }

  private void recordFailure(Throwable thrown) {
    if (deliveryFailure == null) {
      deliveryFailure = Status.INTERNAL
          .withDescription("Messages could not be delivered: " + thrown)
          .withCause(thrown);
    }
  }
}
