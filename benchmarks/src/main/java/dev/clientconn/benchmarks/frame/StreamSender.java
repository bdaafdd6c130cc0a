// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.frame;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sends the DATA of a connection's streams within the peer's windows (RFC 9113 §5.2). A stream
 * whose own window is empty waits for its WINDOW_UPDATE. Streams that wait for the connection's
 * window or the socket are queued and send one frame each in turn. Confined to the event loop.
 */
public final class StreamSender {

  /** Bytes collected in one buffer before it is written to the socket. */
  private static final int BUFFER_LIMIT = 256 * 1024;

  private final Content content;
  private final IntObjectHashMap<SendState> streams = new IntObjectHashMap<>();
  private final ArrayDeque<SendState> sendable = new ArrayDeque<>();
  private long initialWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private long connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private boolean socketFull;

  public StreamSender(Content content) {
    this.content = content;
  }

  /** The bytes that the streams of a connection send, the same on each. */
  public interface Content {

    /**
     * Writes one DATA frame.
     *
     * @param offset where the frame begins in all DATA of the stream
     * @param length bytes in the frame
     * @param last nothing follows, so the end of the stream must be written too
     */
    void writeData(ByteBuf out, int streamId, long offset, int length, boolean last);

    /** Ends a stream that had sent all its DATA before it was known to be the last. */
    void writeEnd(ByteBuf out, int streamId);
  }

  /** An open stream: what it has sent, has to send and may send. Confined to the event loop. */
  public static final class SendState {

    public final int id;

    /** Bytes of DATA received that no WINDOW_UPDATE has returned yet. */
    public int uncredited;

    private long sendWindow;
    /** Bytes of DATA sent. */
    private long sent;
    /** Bytes of DATA to send so far. */
    private long target;
    /** The target is final: its last byte ends the stream. */
    private boolean closing;

    private boolean queued;
    /** The stream was reset or has sent its last byte. */
    private boolean closed;

    private SendState(int id, long sendWindow) {
      this.id = id;
      this.sendWindow = sendWindow;
    }

    /** Bytes of DATA to send so far. */
    public long target() {
      return target;
    }

    /** Whether {@link #target} is final. */
    public boolean closing() {
      return closing;
    }
  }

  public SendState open(int streamId) {
    SendState stream = new SendState(streamId, initialWindow);
    streams.put(streamId, stream);
    return stream;
  }

  public @Nullable SendState get(int streamId) {
    return streams.get(streamId);
  }

  /** Closes a stream at once; what it still had to send is dropped. */
  public void close(int streamId) {
    SendState stream = streams.remove(streamId);
    if (stream != null) {
      stream.closed = true;
    }
  }

  /** While the socket is full, nothing is written. */
  public void socketFull(boolean full) {
    socketFull = full;
  }

  /** Whether windows and socket have room for {@code bytes} in one frame, and no stream waits. */
  public boolean fits(SendState stream, long bytes, ByteBuf out) {
    return fits(stream.sendWindow, bytes, out);
  }

  /** The same for a new stream; it needs no {@link #open}. */
  public boolean fitsNewStream(long bytes, ByteBuf out) {
    return fits(initialWindow, bytes, out);
  }

  private boolean fits(long window, long bytes, ByteBuf out) {
    return bytes <= FrameWriter.MAX_FRAME_BYTES
        && bytes <= window
        && bytes <= connectionWindow
        && sendable.isEmpty()
        && room(out);
  }

  /** Deducts a frame that the caller has written from the windows. */
  public void charge(SendState stream, int bytes) {
    stream.sent += bytes;
    stream.sendWindow -= bytes;
    connectionWindow -= bytes;
  }

  /** The same for a stream that was not opened here. */
  public void chargeConnection(int bytes) {
    connectionWindow -= bytes;
  }

  /**
   * Raises the bytes that a stream has to send.
   *
   * @param target all DATA of the stream so far, what was sent before included
   * @param last the stream ends with it
   */
  public void offer(SendState stream, long target, boolean last, ByteBuf out) {
    stream.target = target;
    stream.closing = last;
    if (last && stream.sent == target) {
      content.writeEnd(out, stream.id);
      close(stream.id);
    } else if (fits(stream, target - stream.sent, out)) {
      sendFrame(stream, out);
    } else {
      queue(stream);
    }
  }

  public void windowUpdate(int streamId, int increment) {
    if (streamId == Http2CodecUtil.CONNECTION_STREAM_ID) {
      connectionWindow += increment;
      return;
    }
    SendState stream = streams.get(streamId);
    if (stream != null) {
      stream.sendWindow += increment;
      queue(stream);
    }
  }

  /** A new SETTINGS_INITIAL_WINDOW_SIZE changes every open stream's window (RFC 9113 §6.9.2). */
  public void initialWindow(long bytes) {
    long change = bytes - initialWindow;
    initialWindow = bytes;
    for (SendState stream : streams.values()) {
      stream.sendWindow += change;
      queue(stream);
    }
  }

  /** Whether {@link #send} would write anything into an empty buffer. */
  public boolean canSend() {
    return connectionWindow > 0 && !socketFull && !sendable.isEmpty();
  }

  /** Writes what the windows allow, until the buffer is full enough. */
  public void send(ByteBuf out) {
    while (connectionWindow > 0 && room(out)) {
      SendState stream = sendable.poll();
      if (stream == null) {
        return;
      }
      stream.queued = false;
      if (!stream.closed) {
        sendFrame(stream, out);
        queue(stream);
      }
    }
  }

  private boolean room(ByteBuf out) {
    return !socketFull && out.readableBytes() < BUFFER_LIMIT;
  }

  private void sendFrame(SendState stream, ByteBuf out) {
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
      close(stream.id);
    }
  }

  private void queue(SendState stream) {
    if (!stream.queued && !stream.closed && stream.sent < stream.target && stream.sendWindow > 0) {
      stream.queued = true;
      sendable.add(stream);
    }
  }
}
