// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static dev.clientconn.internal.http2.Http2Peer.framed;

import io.grpc.Metadata;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes one call, from the peer's SETTINGS to the trailers, as steps of both sides, so that it
 * can be cut at any byte.
 */
final class Conversation {

  /** A connection that a conversation can be played on. */
  interface Stage {
    /** A call that is not started. */
    RecordingCall call(@Nullable Duration deadline);

    /** The peer sends. */
    void receive(byte[] bytes);

    /** Waits until the connection has done what the call has asked for. */
    void settle();
  }

  /** A conversation that is being played. */
  static final class Played {
    private final Stage stage;
    private @Nullable RecordingCall call;

    private Played(Stage stage) {
      this.stage = stage;
    }

    RecordingCall call() {
      return Objects.requireNonNull(call, "no call yet");
    }

    private void call(@Nullable Duration deadline, byte[] message, boolean end) {
      call = stage.call(deadline).start(message, end);
    }
  }

  private record Scripted(Http2Peer peer) implements Stage {
    @Override
    public RecordingCall call(@Nullable Duration deadline) {
      return peer.call(deadline == null ? null : peer.deadline(deadline), new Metadata());
    }

    @Override
    public void receive(byte[] bytes) {
      peer.sendsBytes(bytes);
    }

    @Override
    public void settle() {
      peer.loop.run();
    }
  }

  /** What one side does: the peer sends {@code bytes}, or else the call acts. */
  private static final class Step {
    private final byte[] bytes;
    private final @Nullable Consumer<Played> action;

    Step(byte[] bytes, @Nullable Consumer<Played> action) {
      this.bytes = bytes;
      this.action = action;
    }

    byte[] bytes() {
      return bytes;
    }

    void act(Played played) {
      if (action != null) {
        action.accept(played);
        played.stage.settle();
      }
    }
  }

  /** HEADERS and DATA frames' flags. */
  private static final int END_STREAM = 0x1;

  private static final int END_HEADERS = 0x4;
  private static final int FRAME_HEADER = 9;

  private final String name;
  private final List<Step> steps = new ArrayList<>();
  private final @Nullable Duration deadline;

  private Conversation(String name, @Nullable Duration deadline) {
    this.name = name;
    this.deadline = deadline;
  }

  static Conversation unary(@Nullable Duration deadline) {
    Conversation c = new Conversation("unary", deadline);
    return c.peer(p -> p.sendsSettings(s -> s.maxConcurrentStreams(100)))
        .client(p -> p.call(c.deadline, bytes("hello"), true))
        .peer(p -> p.sendsSettingsAck()
            .sendsPing(3)
            .sendsHeaders(1, false, ":status", "200", "content-type", "application/grpc", "a", "b")
            .sendsData(1, framed(bytes("answer")), 7, false)
            .sendsWindowUpdate(0, 100)
            .sendsTrailers(1));
  }

  /** Messages that lie across frames, and trailers that go on in CONTINUATION. */
  static Conversation serverStreaming(@Nullable Duration deadline) {
    Conversation c = new Conversation("server streaming", deadline);
    byte[] second = framed(new byte[150]);
    return c.peer(p -> p.sendsSettings(s -> {}))
        .client(p -> p.call(c.deadline, bytes("hello"), true))
        .peer(p -> p.sendsSettingsAck()
            .sendsHeaders(1)
            .sendsData(1, framed(bytes("one")), 0, false)
            .sendsData(1, Arrays.copyOfRange(second, 0, 3), 0, false)
            .sendsData(1, Arrays.copyOfRange(second, 3, second.length), 30, false))
        .client(p -> p.call().stream().consumed(1_000_000))
        .peer(p -> p.sendsMessage(1, bytes("three")).sendsData(1, new byte[0], 0, false))
        .continued(p -> p.sendsHeaders(1, true, "grpc-status", "0", "more", "x".repeat(40)));
  }

  /** Both sides send in turn, and the peer's window admits the second message in parts. */
  static Conversation bidi(@Nullable Duration deadline) {
    Conversation c = new Conversation("bidi", deadline);
    return c.peer(p -> p.sendsSettings(s -> s.initialWindowSize(100)))
        .client(p -> p.call(c.deadline, bytes("hello"), false))
        .peer(p -> p.sendsSettingsAck().sendsHeaders(1).sendsMessage(1, bytes("one")))
        .client(p -> p.call().write(new byte[300]))
        .peer(p -> p.sendsWindowUpdate(1, 100).sendsMessage(1, bytes("two")).sendsPing(9))
        .peer(p -> p.sendsWindowUpdate(1, 500).sendsWindowUpdate(0, 500))
        .client(p -> p.call().write(bytes("bye")).stream().halfClose())
        .peer(p -> p.sendsMessage(1, bytes("three")).sendsTrailers(1));
  }

  private Conversation client(Consumer<Played> action) {
    steps.add(new Step(new byte[0], action));
    return this;
  }

  private Conversation peer(Consumer<Http2Peer> script) {
    Http2Peer scribe = Http2Peer.connecting(s -> {});
    steps.add(new Step(scribe.recorded(() -> script.accept(scribe)), null));
    scribe.verify();
    return this;
  }

  /** One HEADERS frame, with its block's second half in a CONTINUATION. */
  private Conversation continued(Consumer<Http2Peer> headers) {
    peer(headers);
    ByteBuffer whole = ByteBuffer.wrap(steps.remove(steps.size() - 1).bytes());
    int length = whole.remaining() - FRAME_HEADER;
    int half = length / 2;
    byte[] block = new byte[length];
    whole.get(FRAME_HEADER, block);
    ByteBuffer parts = ByteBuffer.allocate(2 * FRAME_HEADER + length);
    parts.putInt((half << 8) | 0x1).put((byte) END_STREAM).putInt(1).put(block, 0, half);
    parts.putInt(((length - half) << 8) | 0x9).put((byte) END_HEADERS).putInt(1);
    steps.add(new Step(parts.put(block, half, length - half).array(), null));
    return this;
  }

  int inboundBytes() {
    return steps.stream().mapToInt(s -> s.bytes().length).sum();
  }

  /** The frame that makes the connection ready, bytes. */
  int settingsBytes() {
    return steps.get(0).bytes().length;
  }

  /** Plays what the peer sends up to a byte, and all that the call does. */
  Played play(Http2Peer peer, int inboundBytes) {
    return play(new Scripted(peer), inboundBytes);
  }

  Played play(Stage stage, int inboundBytes) {
    Played played = new Played(stage);
    int left = inboundBytes;
    for (Step step : steps) {
      int length = Math.min(left, step.bytes().length);
      left -= length;
      if (length > 0) {
        stage.receive(Arrays.copyOf(step.bytes(), length));
      }
      step.act(played);
    }
    return played;
  }

  /** Plays all of it, the byte {@code cut} being the first of a new read. */
  Played playInTwoReads(Http2Peer peer, int cut) {
    Played played = new Played(new Scripted(peer));
    int at = 0;
    for (Step step : steps) {
      int length = step.bytes().length;
      int first = Math.max(0, Math.min(length, cut - at));
      peer.sendsBytes(Arrays.copyOf(step.bytes(), first));
      peer.sendsBytes(Arrays.copyOfRange(step.bytes(), first, length));
      at += length;
      step.act(played);
    }
    return played;
  }

  @Override
  public String toString() {
    return name;
  }
}
