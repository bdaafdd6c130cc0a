// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens the streams of a connection, carries out what their calls ask for and what the peer sends them. Every stream leaves
 * through {@link StreamCloser}.
 */
@EventLoopConfined
final class StreamLifecycle implements ResponseReader.Outcome {

  /** What streams need of their connection. */
  interface Connection {
    /** Status for new streams when they cannot be taken, {@code null} while they can. */
    @Nullable
    Status refusal();

    boolean isClosed();

    /** Whether a frame that the peer has provoked may be sent; if not, the connection has just failed. */
    boolean mayReply();

    /** Adds what the connection knows to a stream's status: an earlier GOAWAY. */
    Status explain(Status status);

    /** The same as a line of text, {@code null} for none. */
    @Nullable
    String detail();

    /** Something happened outside a read or a command: delivers and sends what has come of it. */
    void endTurn();

    /** Fails the connection for what was thrown. Returns false if it had ended before. */
    boolean failed(Throwable thrown);

    /** Whether HEADERS may be framed now, or would pile up before a socket that takes nothing. */
    boolean takesHeaders();

    /** There is a stream, open or waiting, where there was none. */
    void onFirstStream();

    void onNoStream();

    /** The ids are used up. */
    void onExhausted();
  }

  private final TransportOptions options;
  private final Connection connection;
  private final Framer framer;
  private final PendingDeliveries batch;
  private final ActiveStreams table;
  private final StreamQuota quota;
  private final SendQuota sendQuota = new SendQuota();
  private final ResponseReader receiver = new ResponseReader(this);
  private final LoopyWriter loopy = new LoopyWriter(sendQuota, this::becameReady);
  private final DeadlineWheel deadlines;
  private final StreamCloser ends;
  private long maxHeaderListSize = Long.MAX_VALUE;
  private int receiveWindow;

  StreamLifecycle(
      EventLoop loop,
      TransportOptions options,
      Connection connection,
      Framer framer,
      PendingDeliveries batch,
      ActiveStreams table) {
    this.options = options;
    this.connection = connection;
    this.framer = framer;
    this.batch = batch;
    this.table = table;
    this.quota = new StreamQuota(options.maxPendingStreams(), options.listener(), loop.ticker());
    this.receiveWindow = options.streamWindow();
    this.deadlines = new DeadlineWheel(loop, this::deadlinesPassed);
    this.ends = new StreamCloser(table, quota, deadlines, loopy, batch, connection::failed);
  }

  ActiveStreams table() {
    return table;
  }

  StreamQuota quota() {
    return quota;
  }

  SendQuota sendQuota() {
    return sendQuota;
  }

  LoopyWriter loopy() {
    return loopy;
  }

  StreamCloser ends() {
    return ends;
  }

  boolean none() {
    return table.active() == 0 && quota.waiting() == 0;
  }

  // Opening

  void open(Http2ClientStream handle) {
    if (handle.isBound()) {
      // It was cancelled before it was started.
      handle.releaseFirstMessage();
      return;
    }
    StreamState stream = newStream(handle);
    stream.sendQueue.start(handle.takeFirstMessage(), handle.endOfStream());
    Status refusal = connection.refusal();
    if (refusal != null) {
      ends.unopened(stream, refusal, StreamProgress.NOT_SENT);
      return;
    }
    Status failure = handle.failure(maxHeaderListSize);
    if (failure != null) {
      endUnopened(stream, failure);
      return;
    }
    Deadline deadline = handle.call().deadline();
    if (deadline != null) {
      deadlines.arm(stream, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    if (none()) {
      // Also one that will have to wait: keepalive looks after it too.
      connection.onFirstStream();
    }
    if (quota.admits(table.active()) && connection.takesHeaders()) {
      start(stream);
    } else {
      enqueue(stream);
    }
  }

  private StreamState newStream(Http2ClientStream handle) {
    StreamState stream = new StreamState(handle, sendQuota, receiveWindow);
    handle.bind(stream);
    return stream;
  }

  private void enqueue(StreamState stream) {
    if (!quota.enqueue(stream)) {
      endUnopened(
          stream,
          Status.RESOURCE_EXHAUSTED.withDescription(options.maxPendingStreams()
              + " calls are waiting for a stream slot on this connection already"));
      idleIfLast();
    }
  }

  private void start(StreamState stream) {
    Http2ClientStream handle = stream.handle();
    table.register(stream);
    framer.headers(stream.id(), handle.takeHeaders());
    send(stream);
    if (!handle.endOfStream()) {
      becameReady(stream);
    }
    if (table.exhausted()) {
      connection.onExhausted();
    }
  }

  void admitWaiting() {
    while (!connection.isClosed() && connection.takesHeaders()) {
      StreamState stream = quota.next(table.active());
      if (stream == null) {
        return;
      }
      start(stream);
    }
  }

  // What the call asks for

  void write(StreamState stream, @Nullable FramedMessage message, boolean endOfStream) {
    if (stream.isClosed()) {
      if (message != null) {
        message.release();
      }
      return;
    }
    if (message != null) {
      stream.sendQueue.add(message);
    }
    if (endOfStream) {
      stream.sendQueue.end();
    }
    if (stream.state() == StreamState.State.OPEN) {
      send(stream);
    }
  }

  private void send(StreamState stream) {
    SendQueue queue = stream.sendQueue;
    if (!queue.isEmpty()) {
      loopy.schedule(stream);
    } else if (queue.isEnded() && !stream.localEnded()) {
      // Empty DATA needs no window (RFC 9113 section 6.9).
      framer.endOfStream(stream.id());
      stream.endLocal();
    }
  }

  void consumed(StreamState stream, int bytes) {
    if (!stream.isClosed()) {
      credit(stream, stream.inFlow().consumed(bytes));
      receiver.makeRoom(stream);
    }
  }

  void demandGrew(StreamState stream) {
    if (!stream.isClosed()) {
      receiver.makeRoom(stream);
    }
  }

  void cancel(Http2ClientStream handle, Status reason) {
    if (handle.isBound()) {
      stop(handle.stream(), reason);
    } else {
      endUnopened(newStream(handle), reason);
    }
  }

  private void deadlinesPassed(List<DeadlineWheel.Timeout> expired) {
    for (DeadlineWheel.Timeout timeout : expired) {
      try {
        deadlinePassed((StreamState) timeout);
      } catch (Throwable thrown) {
        // Nothing is armed for those behind any more: they end here, or with the connection.
        connection.failed(thrown);
      }
    }
    connection.endTurn();
  }

  private void deadlinePassed(StreamState stream) {
    if (stream.state() == StreamState.State.WAITING) {
      ends.expired(stream, connection.detail());
      quota.leave(stream, WaitOutcome.DEADLINE);
      idleIfLast();
    } else if (stream.state() == StreamState.State.OPEN) {
      framer.rstStream(stream.id(), Http2Error.CANCEL.code());
      ends.expired(stream, connection.detail());
      continueWithNext();
    }
  }

  private void stop(StreamState stream, Status reason) {
    if (stream.state() == StreamState.State.WAITING) {
      endUnopened(stream, reason);
      quota.leave(stream, WaitOutcome.CANCELLED);
      idleIfLast();
    } else if (stream.state() == StreamState.State.OPEN) {
      // Not a reply: the peer has not provoked it.
      framer.rstStream(stream.id(), Http2Error.CANCEL.code());
      end(stream, connection.explain(reason), StreamProgress.PROCESSED, new Metadata());
    }
  }

  // What the peer sends

  void headers(StreamState stream, HeaderBlock block, boolean endOfStream) {
    receiver.headers(stream, block, endOfStream);
    batch.collect(stream);
  }

  void data(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    receiver.data(stream, data, padding, endOfStream);
    batch.collect(stream);
  }

  /** A frame of the stream, if it is open, could not be read. */
  void frameFailed(int streamId, Status status, Http2Error error, boolean endOfStream) {
    StreamState stream = table.find(streamId);
    if (stream != null) {
      if (endOfStream) {
        stream.endRemote();
      }
      reset(stream, status, error);
    }
  }

  /** Returns false if a window has grown too large for the connection to go on (RFC 9113 section 6.9.2). */
  boolean apply(PeerSettings settings) {
    maxHeaderListSize = settings.maxHeaderListSize();
    quota.limit(settings.maxConcurrentStreams());
    return sendQuota.initialStreamWindow(settings.initialWindowSize()) <= 0 || windowsGrew();
  }

  private boolean windowsGrew() {
    for (StreamState stream : table.all()) {
      if (stream.sendQuota().overflowed()) {
        return false;
      }
      loopy.schedule(stream);
    }
    return true;
  }

  /** Of the streams that are open and those to come. SETTINGS_INITIAL_WINDOW_SIZE has been framed already. */
  void raiseReceiveWindow(int window) {
    receiveWindow = window;
    for (StreamState stream : table.all()) {
      stream.inFlow().raiseTo(window);
    }
  }

  void windowUpdate(StreamState stream, int increment) {
    if (stream.sendQuota().tryIncrease(increment)) {
      loopy.schedule(stream);
    } else {
      reset(
          stream,
          Status.INTERNAL.withDescription("WINDOW_UPDATE passes 2^31-1 on the stream"),
          Http2Error.FLOW_CONTROL_ERROR);
    }
  }

  @Override
  public void finish(StreamState stream, Status status, Metadata trailers) {
    if (!stream.localEnded()) {
      // The peer needs no more of the request (RFC 9113 section 8.1).
      framer.rstStream(stream.id(), Http2Error.NO_ERROR.code());
    }
    end(stream, status, StreamProgress.PROCESSED, trailers);
  }

  @Override
  public void reset(StreamState stream, Status status, Http2Error error) {
    if (!stream.endedByBoth()) {
      if (!connection.mayReply()) {
        return;
      }
      framer.rstStream(stream.id(), error.code());
    }
    end(stream, connection.explain(status), StreamProgress.PROCESSED, new Metadata());
  }

  @Override
  public void credit(StreamState stream, int bytes) {
    if (bytes > 0) {
      framer.windowUpdate(stream.id(), bytes);
    }
  }

  // Ending

  /** Ends an open stream, and opens the one that waits for its slot. */
  void end(StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    ends.open(stream, status, progress, trailers);
    continueWithNext();
  }

  /** A slot has become free. */
  private void continueWithNext() {
    if (!connection.isClosed()) {
      admitWaiting();
      idleIfLast();
    }
  }

  /** Ends a stream that has no id, for a reason that another connection would not change. */
  private void endUnopened(StreamState stream, Status status) {
    // Not NOT_SENT, which asks for another try.
    ends.unopened(stream, status, StreamProgress.PROCESSED);
  }

  /** The command that opens a stream has thrown, and the connection has failed for it. */
  void abandon(Http2ClientStream handle, Status reason) {
    handle.releaseFirstMessage();
    StreamState stream = handle.isBound() ? handle.stream() : newStream(handle);
    if (!stream.isClosed()) {
      endUnopened(stream, reason);
    }
  }

  private void idleIfLast() {
    if (none()) {
      connection.onNoStream();
    }
  }

  private void becameReady(StreamState stream) {
    stream.tellReady();
    batch.collect(stream);
  }
}
