// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection and the windows they send within (RFC 9113 §5.2). A stream that its own window holds
 * back waits for its WINDOW_UPDATE; those that the connection's window or the socket holds back queue, one frame each in
 * turn. A stream with nothing to send costs nothing but its entry. Confined to the event loop.
 */
final class StreamSender {

  /** Bytes that are gathered in one buffer before the socket gets it. */
  private static final int BUFFER_LIMIT = 256 * 1024;

  private final StreamContent content;
  private final IntObjectHashMap<StreamState> streams = new IntObjectHashMap<>();
  private final ArrayDeque<StreamState> sendable = new ArrayDeque<>();
  private long initialWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private long connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private boolean socketFull;

  StreamSender(StreamContent content) {
    this.content = content;
  }

  StreamState open(int streamId) {
    StreamState stream = new StreamState(streamId, initialWindow);
    streams.put(streamId, stream);
    return stream;
  }

  @Nullable
  StreamState get(int streamId) {
    return streams.get(streamId);
  }

  /** Ends a stream at once, whatever it still had to send. */
  void forget(int streamId) {
    StreamState stream = streams.remove(streamId);
    if (stream != null) {
      stream.gone = true;
    }
  }

  /** While the socket takes nothing more, nothing is gathered for it. */
  void socketFull(boolean full) {
    socketFull = full;
  }

  /** Whether the windows and the socket have room for all of {@code bytes} in one frame, and nobody is to go first. */
  boolean takesAtOnce(StreamState stream, long bytes, ByteBuf out) {
    return takesAtOnce(stream.sendWindow, bytes, out);
  }

  /** The same of a stream that is opened for it; it needs no entry. */
  boolean takesNewAtOnce(long bytes, ByteBuf out) {
    return takesAtOnce(initialWindow, bytes, out);
  }

  private boolean takesAtOnce(long window, long bytes, ByteBuf out) {
    return bytes <= FrameWriter.MAX_FRAME_BYTES
        && bytes <= window
        && bytes <= connectionWindow
        && sendable.isEmpty()
        && room(out);
  }

  /** A frame of so many bytes was written by someone else. */
  void charge(StreamState stream, int bytes) {
    stream.sent += bytes;
    stream.sendWindow -= bytes;
    connectionWindow -= bytes;
  }

  /** The same, on a stream without an entry. */
  void chargeConnection(int bytes) {
    connectionWindow -= bytes;
  }

  /** Gives a stream bytes to send; {@code last} ends it behind them. */
  void offer(StreamState stream, long target, boolean last, ByteBuf out) {
    stream.target = target;
    stream.closing = last;
    if (last && stream.sent == target) {
      content.writeEnd(out, stream.id);
      forget(stream.id);
    } else if (takesAtOnce(stream, target - stream.sent, out)) {
      sendFrame(stream, out);
    } else {
      queue(stream);
    }
  }

  void windowUpdate(int streamId, int increment) {
    if (streamId == Http2CodecUtil.CONNECTION_STREAM_ID) {
      connectionWindow += increment;
      return;
    }
    StreamState stream = streams.get(streamId);
    if (stream != null) {
      stream.sendWindow += increment;
      queue(stream);
    }
  }

  /** A changed SETTINGS_INITIAL_WINDOW_SIZE moves every open stream's window (RFC 9113 §6.9.2). */
  void initialWindow(long bytes) {
    long change = bytes - initialWindow;
    initialWindow = bytes;
    for (StreamState stream : streams.values()) {
      stream.sendWindow += change;
      queue(stream);
    }
  }

  /** Whether {@link #send} would write anything into an empty buffer. */
  boolean canSend() {
    return connectionWindow > 0 && !socketFull && !sendable.isEmpty();
  }

  /** Gathers what the windows allow, until the buffer is full enough. */
  void send(ByteBuf out) {
    while (connectionWindow > 0 && room(out)) {
      StreamState stream = sendable.poll();
      if (stream == null) {
        return;
      }
      stream.queued = false;
      if (!stream.gone) {
        sendFrame(stream, out);
        queue(stream);
      }
    }
  }

  private boolean room(ByteBuf out) {
    return !socketFull && out.readableBytes() < BUFFER_LIMIT;
  }

  private void sendFrame(StreamState stream, ByteBuf out) {
    long allowed = Math.min(connectionWindow, stream.sendWindow);
    long length =
        Math.min(Math.min(stream.target - stream.sent, allowed), FrameWriter.MAX_FRAME_BYTES);
    if (length <= 0) {
      return;
    }
    boolean last = stream.closing && stream.sent + length == stream.target;
    content.writeData(out, stream.id, stream.sent, (int) length, last);
    charge(stream, (int) length);
    if (last) {
      forget(stream.id);
    }
  }

  private void queue(StreamState stream) {
    if (!stream.queued && !stream.gone && stream.sent < stream.target && stream.sendWindow > 0) {
      stream.queued = true;
      sendable.add(stream);
    }
  }
}
