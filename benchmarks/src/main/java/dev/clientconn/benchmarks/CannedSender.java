// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;

/**
 * The open streams of a connection and the windows they send within (RFC 9113 §5.2). A stream that its own window holds
 * back waits for its WINDOW_UPDATE; those that the connection's holds back queue, one frame each in turn. Confined to the
 * event loop.
 */
final class CannedSender {

  private final CannedResponse response;
  private final IntObjectHashMap<CannedStream> streams = new IntObjectHashMap<>();
  private final ArrayDeque<CannedStream> sendable = new ArrayDeque<>();
  private long initialWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private long connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

  CannedSender(CannedResponse response) {
    this.response = response;
  }

  void open(int streamId) {
    streams.put(streamId, new CannedStream(streamId, initialWindow));
  }

  /** Counts request bytes; how many to credit the stream with now, 0 until half its window is used. */
  int received(int streamId, int bytes, int window) {
    CannedStream stream = streams.get(streamId);
    if (stream == null) {
      return 0;
    }
    stream.received += bytes;
    if (stream.received < window / 2) {
      return 0;
    }
    int credit = stream.received;
    stream.received = 0;
    return credit;
  }

  /** Begins the answer, and ends it at once where one frame is enough. */
  void answer(int streamId, ByteBuf out, int limit) {
    CannedStream stream = streams.get(streamId);
    if (stream == null || stream.answering) {
      return;
    }
    stream.answering = true;
    response.writeHeaders(out, streamId);
    if (connectionWindow > 0 && out.readableBytes() < limit) {
      sendFrame(stream, out);
    }
    queue(stream);
  }

  void forget(int streamId) {
    CannedStream stream = streams.remove(streamId);
    if (stream != null && stream.queued) {
      sendable.remove(stream);
    }
  }

  void windowUpdate(int streamId, int increment) {
    if (streamId == Http2CodecUtil.CONNECTION_STREAM_ID) {
      connectionWindow += increment;
      return;
    }
    CannedStream stream = streams.get(streamId);
    if (stream != null) {
      stream.sendWindow += increment;
      queue(stream);
    }
  }

  /** A changed SETTINGS_INITIAL_WINDOW_SIZE moves every open stream's window (RFC 9113 §6.9.2). */
  void initialWindow(long bytes) {
    long change = bytes - initialWindow;
    initialWindow = bytes;
    for (CannedStream stream : streams.values()) {
      stream.sendWindow += change;
      queue(stream);
    }
  }

  /** Writes what the windows allow, up to about {@code limit} bytes in the buffer. */
  void send(ByteBuf out, int limit) {
    while (connectionWindow > 0 && out.readableBytes() < limit) {
      CannedStream stream = sendable.poll();
      if (stream == null) {
        return;
      }
      stream.queued = false;
      sendFrame(stream, out);
      queue(stream);
    }
  }

  private void sendFrame(CannedStream stream, ByteBuf out) {
    long left = response.dataBytes() - stream.sent;
    long allowed = Math.min(connectionWindow, stream.sendWindow);
    int length = (int) Math.min(Math.min(left, allowed), FrameWriter.MAX_FRAME_BYTES);
    if (length <= 0) {
      return;
    }
    response.writeData(out, stream.id, stream.sent, length);
    stream.sent += length;
    stream.sendWindow -= length;
    connectionWindow -= length;
    if (stream.sent == response.dataBytes()) {
      response.writeTrailers(out, stream.id);
      streams.remove(stream.id);
    }
  }

  private void queue(CannedStream stream) {
    boolean unfinished = stream.answering && stream.sent < response.dataBytes();
    if (unfinished && !stream.queued && stream.sendWindow > 0) {
      stream.queued = true;
      sendable.add(stream);
    }
  }
}
