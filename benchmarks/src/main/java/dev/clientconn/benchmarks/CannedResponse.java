// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static dev.clientconn.benchmarks.FrameWriter.END_HEADERS;
import static dev.clientconn.benchmarks.FrameWriter.END_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Arrays;

/**
 * The bytes of one answer. They are the same for every stream of every connection but for the stream's id. Immutable.
 */
final class CannedResponse implements StreamContent {

  private static final int STREAM_ID_OFFSET = 5;

  private final byte[] headers;
  private final byte[] trailers = CannedHeaders.trailers();

  /** Whole messages, enough of them that any frame of small ones is a single copy. */
  private final byte[] messages;

  private final int messageBytes;
  private final long dataBytes;

  /** An answer of one DATA frame, and where its frames begin; empty where one is not enough. */
  private final byte[] whole;

  private final int wholeData;
  private final int wholeTrailers;

  CannedResponse(ServerSetting setting) {
    byte[] message = setting.responseMessage();
    this.headers = CannedHeaders.headers(setting.gzip());
    this.messageBytes = message.length;
    this.dataBytes = (long) message.length * setting.responses();
    this.messages = repeated(message);
    if (dataBytes > FrameWriter.MAX_FRAME_BYTES) {
      this.whole = new byte[0];
      this.wholeData = 0;
      this.wholeTrailers = 0;
      return;
    }
    ByteBuf template = Unpooled.buffer();
    writeHeaders(template, 0);
    this.wholeData = template.readableBytes();
    writeData(template, 0, 0, (int) dataBytes, false);
    this.wholeTrailers = template.readableBytes();
    writeEnd(template, 0);
    this.whole = ByteBufUtil.getBytes(template);
    template.release();
  }

  int messageBytes() {
    return messageBytes;
  }

  /** Bytes of DATA payload in the answer to a call that is not a stream of the client's pace. */
  long dataBytes() {
    return dataBytes;
  }

  /** Headers, one frame of all the messages, and trailers; only where one frame holds them. */
  void writeWhole(ByteBuf out, int streamId) {
    int at = out.writerIndex() + STREAM_ID_OFFSET;
    out.writeBytes(whole);
    out.setInt(at, streamId).setInt(at + wholeData, streamId).setInt(at + wholeTrailers, streamId);
  }

  void writeHeaders(ByteBuf out, int streamId) {
    FrameWriter.header(out, headers.length, Http2FrameTypes.HEADERS, END_HEADERS, streamId);
    out.writeBytes(headers);
  }

  @Override
  public void writeData(ByteBuf out, int streamId, long offset, int length, boolean last) {
    FrameWriter.header(out, length, Http2FrameTypes.DATA, FrameWriter.NO_FLAGS, streamId);
    int at = (int) (offset % messageBytes);
    for (int left = length; left > 0; ) {
      int run = Math.min(left, messages.length - at);
      out.writeBytes(messages, at, run);
      left -= run;
      at = 0;
    }
    if (last) {
      writeEnd(out, streamId);
    }
  }

  @Override
  public void writeEnd(ByteBuf out, int streamId) {
    byte flags = END_HEADERS | END_STREAM;
    FrameWriter.header(out, trailers.length, Http2FrameTypes.HEADERS, flags, streamId);
    out.writeBytes(trailers);
  }

  private static byte[] repeated(byte[] message) {
    int frame = FrameWriter.MAX_FRAME_BYTES;
    int copies = message.length > frame ? 1 : 2 + frame / message.length;
    byte[] all = Arrays.copyOf(message, copies * message.length);
    for (int i = 1; i < copies; i++) {
      System.arraycopy(message, 0, all, i * message.length, message.length);
    }
    return all;
  }
}
