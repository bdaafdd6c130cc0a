// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static dev.clientconn.benchmarks.frame.FrameWriter.END_HEADERS;
import static dev.clientconn.benchmarks.frame.FrameWriter.END_STREAM;

import dev.clientconn.benchmarks.frame.FrameWriter;
import dev.clientconn.benchmarks.frame.StreamSender;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The encoded response to one call, the same for every stream of every connection except for the
 * stream id. Its header blocks use HPACK's static table and literals without indexing only (RFC
 * 7541 §6.2.2), so they depend on no connection's state. Immutable.
 */
final class CannedResponse implements StreamSender.Content {

  private static final int STREAM_ID_OFFSET = 5;
  private static final int STATUS_200 = 0x80 | 8;
  private static final int CONTENT_TYPE = 31;
  private static final int FOUR_BIT_PREFIX = 15;

  private final byte[] headers;
  private final byte[] trailers = trailers();
  /** Whole messages, enough of them that any frame of small ones is a single copy. */
  private final byte[] messages;

  private final int messageBytes;
  private final long dataBytes;
  /** A response of one DATA frame, and where its frames begin; empty where it needs more. */
  private final byte[] whole;

  private final int wholeData;
  private final int wholeTrailers;

  CannedResponse(Workload workload) {
    boolean gzip = workload.features().gzip();
    byte[] message = gzip
        ? EchoMessages.compressed(workload.responseBytes())
        : EchoMessages.framed(workload.responseBytes());
    this.headers = headers(gzip);
    this.messageBytes = message.length;
    this.dataBytes = (long) message.length * workload.responses();
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

  /** Bytes of one message, its prefix included. */
  int messageBytes() {
    return messageBytes;
  }

  /** Bytes of DATA in the response to a call that is not ping-pong. */
  long dataBytes() {
    return dataBytes;
  }

  /** Writes headers, all messages in one frame, and trailers; only where one frame is enough. */
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
      int copied = Math.min(left, messages.length - at);
      out.writeBytes(messages, at, copied);
      left -= copied;
      at = 0;
    }
    if (last) {
      writeEnd(out, streamId);
    }
  }

  @Override
  public void writeEnd(ByteBuf out, int streamId) {
    int flags = END_HEADERS | END_STREAM;
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

  private static byte[] headers(boolean gzip) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(STATUS_200);
    block.write(FOUR_BIT_PREFIX);
    block.write(CONTENT_TYPE - FOUR_BIT_PREFIX);
    string(block, "application/grpc");
    if (gzip) {
      literal(block, "grpc-encoding", "gzip");
    }
    return block.toByteArray();
  }

  private static byte[] trailers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    literal(block, "grpc-status", "0");
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    string(block, name);
    string(block, value);
  }

  /** Writes a string of less than 127 bytes without Huffman coding (RFC 7541 §5.2). */
  private static void string(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
