// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.Deadline;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Manages the streams of a connection from the command that opens one to its end: admits it under
 * the peer's limit, sends its HEADERS, carries out its call's commands and the peer's frames, and
 * opens the next waiting stream when one has ended. All streams end through {@link StreamCloser}.
 */
@EventLoopConfined
final class StreamLifecycle {

  private final TransportLifecycle lifecycle;
  private final Framer framer;
  private final SocketWriter socket;
  private final Keepalive keepalive;
  private final DeadlineWheel deadlines;
  private final PendingDeliveries deliveries;
  private final ActiveStreams activeStreams;
  private final StreamQuota quota;
  private final StreamWaits waits;
  final LoopyWriter loopy;
  private final StreamCloser closer;
  private final ResponseReader reader;
  private final TransportCounters counters;
  private long maxHeaderListSize = Long.MAX_VALUE;
  private int receiveWindow;

  /**
   * @param failConnection called with what a call threw when it was notified of its end
   */
  StreamLifecycle(
      TransportOptions options,
      TransportLifecycle lifecycle,
      GoAwayState goAway,
      FloodGuard floodGuard,
      SocketWriter socket,
      Keepalive keepalive,
      DeadlineWheel deadlines,
      PendingDeliveries deliveries,
      ActiveStreams activeStreams,
      TransportCounters counters,
      StreamWaits waits,
      Consumer<Throwable> failConnection) {
    this.lifecycle = lifecycle;
    this.framer = socket.framer();
    this.socket = socket;
    this.keepalive = keepalive;
    this.deadlines = deadlines;
    this.deliveries = deliveries;
    this.activeStreams = activeStreams;
    this.receiveWindow = options.streamWindow();
    this.counters = counters;
    this.quota = new StreamQuota(options.maxPendingStreams(), options.listener(), waits.clock());
    this.waits = waits;
    this.loopy = new LoopyWriter(waits.sendQuota(), deliveries, counters, waits);
    this.closer = new StreamCloser(
        activeStreams,
        quota,
        deadlines,
        loopy,
        deliveries,
        framer,
        waits,
        goAway,
        floodGuard,
        counters,
        failConnection);
    this.reader = new ResponseReader(framer, closer, counters, waits);
  }

  ActiveStreams activeStreams() {
    return activeStreams;
  }

  StreamQuota quota() {
    return quota;
  }

  StreamCloser closer() {
    return closer;
  }

  /** Whether no stream is open or waiting. */
  boolean isEmpty() {
    return activeStreams.active() == 0 && quota.waiting() == 0;
  }

  // Opening

  void open(Http2ClientStream clientStream) {
    if (clientStream.isBound()) {
      // It was cancelled before it was started.
      clientStream.releaseFirstMessage();
      return;
    }
    StreamState stream = newStream(clientStream);
    stream.sendQueue.init(clientStream.takeFirstMessage(), clientStream.endOfStream());
    counters.add(Figure.QUEUED, stream.sendQueue.remaining());
    Status refusal = lifecycle.refusal();
    if (refusal != null) {
      // The channel had chosen this connection before it learned of the drain: another one serves
      // the call, and the server has seen nothing of it.
      closer.closeUnopened(stream, refusal, StreamProgress.NOT_SENT);
      return;
    }
    Status failure = clientStream.failure(maxHeaderListSize);
    if (failure != null) {
      closeUnopened(stream, failure);
      return;
    }
    Deadline deadline = clientStream.call().deadline();
    if (deadline != null) {
      // Before the stream can wait: a call that gets no slot still ends in time.
      deadlines.arm(stream, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    if (isEmpty()) {
      // Also for a stream that will have to wait: its call depends on the connection as well.
      keepalive.onActive();
    }
    admit(stream, clientStream.inSlot());
  }

  private void admit(StreamState stream, boolean inSlot) {
    // A peer that does not read would let HEADERS pile up without limit: they are not subject to
    // flow control (RFC 9113 section 5.2.1), so the socket's buffer limits them.
    if (quota.admits(activeStreams.active()) && socket.takesHeaders()) {
      sendHeaders(stream);
    } else if (inSlot && quota.isFull(activeStreams.active())) {
      closer.closeWithoutSlot(stream);
    } else {
      enqueue(stream);
    }
  }

  private StreamState newStream(Http2ClientStream clientStream) {
    StreamState stream = new StreamState(clientStream, waits.sendQuota(), receiveWindow);
    clientStream.bind(stream);
    waits.created(stream);
    quota.streamCreated(clientStream.inSlot());
    return stream;
  }

  private void enqueue(StreamState stream) {
    waits.waitsToOpen(stream, quota.isFull(activeStreams.active()));
    if (!quota.enqueue(stream)) {
      closeUnopened(stream, quota.rejection(activeStreams.active()));
    }
  }

  private void sendHeaders(StreamState stream) {
    Http2ClientStream clientStream = stream.clientStream();
    // Ids must increase on the wire (RFC 9113 section 5.1.1), so that an id is assigned only here,
    // where the HEADERS are framed, and not when the stream began to wait.
    activeStreams.register(stream);
    framer.writeHeaders(stream.id(), clientStream.takeHeaders());
    scheduleData(stream);
    if (!clientStream.endOfStream()) {
      waits.opened(stream);
      stream.notifyReady();
      deliveries.collect(stream);
    }
    if (activeStreams.exhausted()) {
      // Ids cannot be reused; a client opens a new connection (RFC 9113 section 5.1.1).
      Status reason =
          Status.UNAVAILABLE.withDescription("the connection has used up its stream ids");
      lifecycle.drain(reason);
      closer.closeWaiting(reason);
    }
  }

  /** Opens waiting streams while there are slots and the socket accepts their HEADERS. */
  void admitWaiting() {
    // Rechecked each time: sending HEADERS can fail the connection or fill the socket's buffer.
    while (!lifecycle.isClosed() && socket.takesHeaders()) {
      StreamState stream = quota.next(activeStreams.active());
      if (stream == null) {
        return;
      }
      sendHeaders(stream);
    }
  }

  /** Ends a stream after the command that opens it has thrown and the connection has failed. */
  void abandon(Http2ClientStream clientStream, Status reason) {
    clientStream.releaseFirstMessage();
    StreamState stream = clientStream.isBound() ? clientStream.stream() : newStream(clientStream);
    if (!stream.isClosed()) {
      closeUnopened(stream, reason);
    }
  }

  // Commands of the call

  void write(StreamState stream, @Nullable FramedMessage message, boolean endOfStream) {
    if (stream.isClosed()) {
      // The call wrote it before it was notified of the end. The command owns the message.
      if (message != null) {
        message.release();
      }
      return;
    }
    if (message != null) {
      stream.sendQueue.add(message);
      counters.add(Figure.QUEUED, message.length());
    }
    if (endOfStream) {
      stream.sendQueue.end();
    }
    if (stream.isOpen()) {
      scheduleData(stream);
    }
  }

  private void scheduleData(StreamState stream) {
    SendQueue queue = stream.sendQueue;
    if (!queue.isEmpty()) {
      loopy.schedule(stream);
    } else if (queue.isEnded() && !stream.localEnded()) {
      // Empty DATA needs no window (RFC 9113 section 6.9).
      framer.writeEndOfStream(stream.id());
      stream.endLocal();
      waits.sent(stream);
    }
  }

  void consumed(StreamState stream, int bytes) {
    if (!stream.isClosed()) {
      reader.consumed(stream, bytes);
    }
  }

  void admitLargeMessage(StreamState stream) {
    if (!stream.isClosed()) {
      waits.demanded(stream);
      reader.growForLargeMessage(stream);
    }
  }

  void cancel(Http2ClientStream clientStream, Status reason) {
    if (!clientStream.isBound()) {
      // The command that opens it finds it bound, and does nothing.
      closeUnopened(newStream(clientStream), reason);
      return;
    }
    StreamState stream = clientStream.stream();
    if (stream.isWaiting()) {
      // Closed first: the queue recognises by it which of its entries are to be skipped.
      closeUnopened(stream, reason);
      quota.stopWaiting(stream, WaitOutcome.CANCELLED);
    } else if (stream.isOpen()) {
      closer.cancelOpen(stream, reason);
      admitWaiting();
    }
  }

  // The deadline

  /** The stream's deadline has passed. After all of a tick, {@link #admitWaiting} follows. */
  void expire(StreamState stream) {
    if (stream.isWaiting()) {
      closer.expire(stream);
      quota.stopWaiting(stream, WaitOutcome.DEADLINE);
    } else if (stream.isOpen()) {
      closer.expire(stream);
    }
  }

  // Frames of the peer. The slots of streams that they end are given to waiting streams at the end
  // of the read.

  void headers(StreamState stream, HeaderBlock block, boolean endOfStream) {
    reader.headers(stream, block, endOfStream);
    deliveries.collect(stream);
  }

  void data(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    reader.data(stream, data, padding, endOfStream);
    deliveries.collect(stream);
  }

  void resetByPeer(StreamState stream, long errorCode) {
    closer.resetByPeer(stream, errorCode);
  }

  /** A frame could not be read; its stream is reset if it is open. */
  void frameFailed(int streamId, Status status, Http2Error error, boolean endOfStream) {
    StreamState stream = activeStreams.find(streamId);
    if (stream != null) {
      if (endOfStream) {
        // Decides whether RST_STREAM is due: none is where both sides have ended the stream.
        stream.endRemote();
      }
      closer.reset(stream, status, error);
    }
  }

  void windowUpdate(StreamState stream, int increment) {
    if (stream.sendQuota().tryIncrease(increment)) {
      loopy.schedule(stream);
      return;
    }
    closer.reset(
        stream,
        Status.INTERNAL.withDescription("WINDOW_UPDATE passes 2^31-1 on the stream"),
        Http2Error.FLOW_CONTROL_ERROR);
  }

  /**
   * Returns false if a window has overflowed, an error of the connection (RFC 9113 section 6.9.2).
   */
  boolean applySettings(PeerSettings settings) {
    maxHeaderListSize = settings.maxHeaderListSize();
    // A limit below the number of open streams ends none of them (RFC 9113 section 5.1.2).
    quota.limit(settings.maxConcurrentStreams());
    long growth = waits.sendQuota().initialStreamWindow(settings.initialWindowSize());
    return growth <= 0 || scheduleAll();
  }

  /** Schedules the streams that a larger initial window lets send, and checks each window. */
  private boolean scheduleAll() {
    for (StreamState stream : activeStreams.all()) {
      if (stream.sendQuota().overflowed()) {
        return false;
      }
      loopy.schedule(stream);
    }
    return true;
  }

  /**
   * Raises the receive window of open and later streams. The peer learns it from
   * SETTINGS_INITIAL_WINDOW_SIZE, which has been framed already.
   */
  void raiseReceiveWindow(int window) {
    receiveWindow = window;
    for (StreamState stream : activeStreams.all()) {
      stream.inFlow().raiseTo(window);
    }
  }

  // Ending

  /** Ends a stream without an id for a reason that holds on any connection: it is not retried. */
  private void closeUnopened(StreamState stream, Status status) {
    // Not NOT_SENT, which has the call retried.
    closer.closeUnopened(stream, status, StreamProgress.PROCESSED);
  }
}
