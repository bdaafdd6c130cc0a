// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A conversation may be cut off, or arrive in pieces, at any byte in either direction. Each ends
 * with {@link Http2Peer#verify}: one status per call, one end for the owner, no buffer, no timer.
 */
class EveryCutTest {

  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final Duration LONGER_THAN_ALL = Duration.ofSeconds(21);

  static Stream<Conversation> conversations() {
    return conversations(null);
  }

  static Stream<Conversation> hurriedConversations() {
    return conversations(DEADLINE);
  }

  private static Stream<Conversation> conversations(@Nullable Duration deadline) {
    return Stream.of(
        Conversation.unary(deadline),
        Conversation.serverStreaming(deadline),
        Conversation.bidi(deadline));
  }

  private static Http2Peer connect(Consumer<Http2Peer.Setup> choice) {
    return Http2Peer.connecting(s -> {
      s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), false);
      choice.accept(s);
    });
  }

  private static Http2Peer connect() {
    return connect(s -> {});
  }

  /** The call's whole story, and how many bytes it took to send. */
  record Uncut(List<String> story, long sent) {

    static Uncut of(Conversation conversation) {
      Http2Peer peer = connect();
      RecordingCall call = conversation.play(peer, conversation.inboundBytes()).call();
      long sent = peer.socket.taken();
      peer.verify();
      List<String> story = call.takeEvents();
      assertThat(story).endsWith("closed OK PROCESSED").contains("headers");
      return new Uncut(story, sent);
    }

    /** What a call has heard is the beginning of the story, and then its end. */
    void isDeliveredInPartBy(RecordingCall call, String cut) {
      List<String> told = call.takeEvents();
      int last = told.size() - 1;
      assertThat(last).as(cut).isNotNegative();
      assertThat(told.get(last)).as(cut).startsWith("closed ");
      assertThat(told.subList(0, last)).as(cut).isEqualTo(story.subList(0, last));
      if (call.status().isOk()) {
        assertThat(told).as(cut).isEqualTo(story);
      } else {
        assertThat(call.status().getDescription()).as(cut).isNotBlank();
      }
    }
  }

  @Conforms({"H22", "T153"})
  @ParameterizedTest
  @MethodSource("conversations")
  void aPeerThatClosesAtAnyByteEndsTheCall(Conversation conversation) {
    inboundCut(conversation, Http2Peer::closes);
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void aConnectionThatIsResetAtAnyByteEndsTheCall(Conversation conversation) {
    inboundCut(conversation, Http2Peer::breaks);
  }

  @Conforms("H22")
  @ParameterizedTest
  @MethodSource("conversations")
  void aPeerThatFallsSilentAtAnyByteIsFoundDead(Conversation conversation) {
    inboundCut(conversation, peer -> peer.after(LONGER_THAN_ALL));
  }

  private static void inboundCut(Conversation conversation, Consumer<Http2Peer> end) {
    Uncut uncut = Uncut.of(conversation);
    int all = conversation.inboundBytes();
    for (int cut = 0; cut <= all; cut++) {
      Http2Peer peer = connect();
      RecordingCall call = conversation.play(peer, cut).call();

      end.accept(peer);

      uncut.isDeliveredInPartBy(call, "cut before byte " + cut);
      assertThat(call.status().isOk()).as("cut before byte %d", cut).isEqualTo(cut == all);
      peer.verify();
    }
  }

  @ParameterizedTest
  @MethodSource("hurriedConversations")
  void aPeerThatFallsSilentAtAnyByteEndsTheCallByItsDeadline(Conversation conversation) {
    int all = conversation.inboundBytes();
    for (int cut = conversation.settingsBytes(); cut < all; cut++) {
      Http2Peer peer = connect();
      RecordingCall call = conversation.play(peer, cut).call();

      peer.after(DEADLINE.plusMillis(10));

      assertThat(call.status().getCode().name()).isEqualTo("DEADLINE_EXCEEDED");
      peer.verify();
    }
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void aConversationMayComeInTwoReadsCutAnywhere(Conversation conversation) {
    Uncut uncut = Uncut.of(conversation);
    for (int cut = 0; cut <= conversation.inboundBytes(); cut++) {
      Http2Peer peer = connect();

      RecordingCall call = conversation.playInTwoReads(peer, cut).call();

      assertThat(call.takeEvents()).as("cut before byte %d", cut).isEqualTo(uncut.story());
      peer.verify();
    }
  }

  @Conforms("H22")
  @ParameterizedTest
  @MethodSource("conversations")
  void aSocketThatBreaksAtAnyByteSentEndsTheCall(Conversation conversation) {
    Uncut uncut = Uncut.of(conversation);
    for (long cut = 0; cut < uncut.sent(); cut++) {
      long accepted = cut;
      Http2Peer peer = connect(s -> {
        s.acceptedBytes = accepted;
        s.failsWhenFull = true;
      });

      RecordingCall call = conversation.play(peer, conversation.inboundBytes()).call();
      // It is silent from then on, and what it sent before has been read.
      peer.after(ConnectAttempt.READ_AFTER_WRITE_FAILURE);

      assertThat(peer.socket.isOpen()).as("broken before byte %d", cut).isFalse();
      uncut.isDeliveredInPartBy(call, "broken before byte " + cut);
      if (peer.table.opened() > 0) {
        // Otherwise this peer has responded to a call that it cannot know: a protocol error.
        assertThat(peer.owner.terminated.getDescription()).contains("Broken pipe");
      }
      peer.verify();
    }
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void aSocketThatIsClosedAfterAnyByteSentEndsTheCall(Conversation conversation) {
    outboundCut(conversation, Http2Peer::closes);
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void aSocketThatTakesNoMoreAfterAnyByteIsFoundDead(Conversation conversation) {
    outboundCut(conversation, peer -> peer.after(LONGER_THAN_ALL));
  }

  /**
   * The peer answers what it has not been asked: the worst that a socket that takes no more can go
   * with.
   */
  private static void outboundCut(Conversation conversation, Consumer<Http2Peer> end) {
    Uncut uncut = Uncut.of(conversation);
    for (long cut = 0; cut < uncut.sent(); cut++) {
      long accepted = cut;
      Http2Peer peer = connect(s -> s.acceptedBytes = accepted);
      int mute = (int) (cut % conversation.inboundBytes());
      RecordingCall call = conversation.play(peer, mute).call();

      end.accept(peer);

      uncut.isDeliveredInPartBy(call, "full at byte " + cut + ", cut before byte " + mute);
      peer.verify();
    }
  }
}
