// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Frames that a server may send, more or less: well-formed for the most part, with values at the
 * edges of the rules.
 */
final class FrameGenerator {

  static final int FRAME_HEADER = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int END_STREAM = 0x1;
  private static final int ACK = 0x1;
  private static final int END_HEADERS = 0x4;
  private static final int PADDED = 0x8;
  private static final int PRIORITY = 0x20;

  private static final int[] SIZES = {0, 1, 2, 4, 5, 6, 7, 30, 255, 256, 1000, 16_000, 16_384};
  private static final long[] VALUES = {
    0, 1, 2, 100, 4096, 16_384, 65_535, 0x7FFF_FFFFL, 0xFFFF_FFFFL
  };
  private static final String[] NAMES = {
    ":status",
    ":path",
    "content-type",
    "grpc-status",
    "grpc-message",
    "grpc-encoding",
    "content-length",
    "a",
    "a-bin",
    "Upper",
    "connection",
    "te",
    "grpc-status-details-bin",
    "x y",
    ""
  };
  private static final String[] TEXTS = {
    "200",
    "0",
    "1",
    "13",
    "17",
    "99",
    "-1",
    "application/grpc",
    "application/grpc+proto",
    "text/html",
    "gzip",
    "identity",
    "AAA",
    "AA=",
    "%41%zz%E4",
    "a,b",
    "",
    "100",
    "101",
    "404",
    "503"
  };

  private final Random random;

  FrameGenerator(Random random) {
    this.random = random;
  }

  /** The peer's first frame, mostly in order. */
  byte[] preface() {
    return oneIn(2) ? frame(SETTINGS, 0, 0) : oneIn(20) ? any(1) : oneIn(3) ? settings() : limits();
  }

  /** SETTINGS that are in order, and tight. */
  private byte[] limits() {
    return frame(
        SETTINGS,
        0,
        0,
        ByteBuffer.allocate(12)
            .putShort((short) Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS)
            .putInt(1 + random.nextInt(3))
            .putShort((short) Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE)
            .putInt(random.nextInt(2000))
            .array());
  }

  /** Any frame, of one of the streams of {@code calls} if it has a stream. */
  byte[] any(int calls) {
    int id = streamId(calls);
    return switch (random.nextInt(16)) {
      case 0 -> settings();
      case 1 -> frame(SETTINGS, ACK, 0);
      case 2 -> frame(PING, random.nextInt(2), 0, random8());
      case 3 -> frame(GO_AWAY, 0, 0, goAway(calls));
      case 4 -> frame(WINDOW_UPDATE, 0, oneIn(3) ? 0 : id, int32(value()));
      case 5 -> frame(RST_STREAM, 0, id, int32(random.nextInt(Http2Error.values().length + 2)));
      case 6 -> frame(random.nextInt(14), random.nextInt(256), id, randomBytes(size()));
      case 7, 8 -> headers(id, responseHeaders(), false);
      case 9, 10 -> headers(id, trailers(), !oneIn(8));
      case 11 -> headers(id, anyBlock(), random.nextBoolean());
      default -> data(id);
    };
  }

  /** Headers, a message or two, trailers: what a call hopes for. */
  byte[] answer(int calls) {
    int id = callId(calls);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(headers(id, responseHeaders(), false));
    for (int i = random.nextInt(3); i >= 0; i--) {
      all.writeBytes(frame(DATA, 0, id, message(size() / 4)));
    }
    all.writeBytes(headers(id, trailers(), true));
    return all.toByteArray();
  }

  private int streamId(int calls) {
    if (oneIn(12)) {
      return oneIn(3) ? random.nextInt() : random.nextInt(10);
    }
    return callId(calls);
  }

  /** Of a call there has been, or, now and then, of the next. */
  private int callId(int calls) {
    return 2 * (calls == 0 || oneIn(20) ? calls : random.nextInt(calls)) + 1;
  }

  private byte[] settings() {
    int count = random.nextInt(4);
    ByteBuffer payload = ByteBuffer.allocate(6 * count);
    for (int i = 0; i < count; i++) {
      payload.putShort((short) (oneIn(10) ? random.nextInt() : 1 + random.nextInt(6)));
      payload.putInt((int) value());
    }
    return frame(SETTINGS, 0, 0, payload.array());
  }

  private byte[] goAway(int calls) {
    byte[] text = random.nextBoolean() ? utf8("too_many_pings") : randomBytes(random.nextInt(30));
    int last = oneIn(6) ? random.nextInt() : 2 * random.nextInt(calls + 2) + 1;
    return ByteBuffer.allocate(8 + text.length)
        .putInt(oneIn(3) ? Integer.MAX_VALUE : last)
        .putInt(oneIn(2) ? 0 : random.nextInt(15))
        .put(text)
        .array();
  }

  private byte[] data(int id) {
    byte[] body = oneIn(4) ? randomBytes(size()) : message(size() / 2);
    if (oneIn(4)) {
      int cut = random.nextInt(body.length + 1);
      body = Arrays.copyOf(body, cut);
    }
    int flags = oneIn(10) ? END_STREAM : 0;
    return oneIn(5) ? frame(DATA, flags | PADDED, id, padded(body)) : frame(DATA, flags, id, body);
  }

  private byte[] padded(byte[] body) {
    int padding = oneIn(8) ? 255 : random.nextInt(40);
    int sent = oneIn(10) ? random.nextInt(padding + 1) : padding;
    return ByteBuffer.allocate(1 + body.length + sent)
        .put((byte) padding)
        .put(body)
        .array();
  }

  /** A gRPC message whose prefix is, as a rule, right. */
  private byte[] message(int size) {
    int announced = oneIn(12) ? (int) value() : size;
    return ByteBuffer.allocate(5 + size)
        .put((byte) (oneIn(12) ? random.nextInt(3) : 0))
        .putInt(announced)
        .array();
  }

  private byte[] headers(int id, byte[] block, boolean end) {
    int flags = end ? END_STREAM : 0;
    if (oneIn(10)) {
      flags |= PRIORITY;
      byte[] priority = oneIn(4) ? int32(id) : int32(0);
      block = ByteBuffer.allocate(5 + block.length)
          .put(priority)
          .put((byte) 9)
          .put(block)
          .array();
    }
    if (oneIn(8)) {
      flags |= PADDED;
      block = padded(block);
    }
    if (!oneIn(6)) {
      return frame(HEADERS, flags | END_HEADERS, id, block);
    }
    int cut = random.nextInt(block.length + 1);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(frame(HEADERS, flags, id, Arrays.copyOf(block, cut)));
    byte[] rest = Arrays.copyOfRange(block, cut, block.length);
    all.writeBytes(frame(CONTINUATION, oneIn(10) ? 0 : END_HEADERS, id, rest));
    return all.toByteArray();
  }

  private byte[] responseHeaders() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    if (oneIn(30)) {
      block.write(0x20 | random.nextInt(32));
    }
    if (random.nextBoolean()) {
      block.write(0x88);
    } else {
      field(block, ":status", oneIn(8) ? text() : "200");
    }
    if (!oneIn(20)) {
      field(block, "content-type", oneIn(10) ? text() : "application/grpc");
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      field(block, "h" + i, text());
    }
    return block.toByteArray();
  }

  private byte[] trailers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    if (!oneIn(15)) {
      field(block, "grpc-status", oneIn(3) ? text() : "0");
    }
    if (oneIn(3)) {
      field(block, "grpc-message", text());
    }
    if (oneIn(6)) {
      field(block, "more-bin", text());
    }
    return block.toByteArray();
  }

  private byte[] anyBlock() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = random.nextInt(6); i >= 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> block.write(0x80 | random.nextInt(128));
        case 1 -> block.writeBytes(randomBytes(1 + random.nextInt(6)));
        case 2 -> field(block, NAMES[random.nextInt(NAMES.length)], "v".repeat(size() % 3000));
        default -> field(block, NAMES[random.nextInt(NAMES.length)], text());
      }
    }
    return block.toByteArray();
  }

  /** A literal (RFC 7541 section 6.2), which enters the dynamic table now and then. */
  private void field(ByteArrayOutputStream block, String name, String value) {
    block.write(oneIn(4) ? 0x40 : 0);
    string(block, name);
    string(block, value);
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = utf8(text);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>>= 7) {
        block.write(0x80 | (rest & 0x7F));
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private int size() {
    return SIZES[random.nextInt(random.nextInt(SIZES.length) + 1)];
  }

  private long value() {
    return VALUES[random.nextInt(VALUES.length)];
  }

  byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] random8() {
    return oneIn(2) ? new byte[8] : randomBytes(8);
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private static byte[] int32(long value) {
    return ByteBuffer.allocate(4).putInt((int) value).array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] frame(int type, int flags, int id, byte... payload) {
    return ByteBuffer.allocate(FRAME_HEADER + payload.length)
        .putInt((payload.length << 8) | type)
        .put((byte) flags)
        .putInt(id)
        .put(payload)
        .array();
  }
}
