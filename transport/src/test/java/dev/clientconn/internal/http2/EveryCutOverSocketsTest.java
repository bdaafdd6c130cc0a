// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.EveryCutTest.Uncut;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conversations of {@link EveryCutTest} may be cut off over sockets too, whose close future,
 * last reads and {@code channelInactive} come in the order of the operating system and of Netty.
 * Each connection is cut after another byte.
 */
class EveryCutOverSocketsTest {

  /** Bytes from one cut to the next: each cut costs a connection. */
  private static final int STEP = 3;

  private static final EventLoopGroup NIO =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterAll
  static void endsItsLoops() {
    NIO.shutdownGracefully();
    if (Epoll.isAvailable()) {
      EpollHolder.GROUP.shutdownGracefully();
    }
  }

  private static final class EpollHolder {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  }

  static Stream<Arguments> conversations() {
    List<Arguments> all = new ArrayList<>();
    for (Conversation conversation : EveryCutTest.conversations().toList()) {
      all.add(Arguments.of("NIO", NIO, conversation));
      if (Epoll.isAvailable()) {
        all.add(Arguments.of("epoll", EpollHolder.GROUP, conversation));
      }
    }
    return all.stream();
  }

  @Conforms({"H22", "T153"})
  @ParameterizedTest(name = "{0}, {2}", autoCloseArguments = false)
  @MethodSource("conversations")
  void aPeerThatClosesAtAnyByteEndsTheCallAndThoseThatCome(
      String io, EventLoopGroup loops, Conversation conversation) throws Exception {
    Uncut uncut = Uncut.of(conversation);
    int all = conversation.inboundBytes();
    for (int cut = all; cut >= 0; cut -= STEP) {
      try (SocketPeer peer = SocketPeer.connecting(loops.next())) {
        RecordingCall call = play(conversation, peer, cut);

        peer.finishes();

        RecordingCall late = peer.callAfterTheEnd();
        peer.settle();
        uncut.isDeliveredInPartBy(call, "cut before byte " + cut);
        assertThat(call.status().isOk()).as("cut before byte %d", cut).isEqualTo(cut == all);
        assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
      }
    }
  }

  @Conforms("H22")
  @ParameterizedTest(name = "{0}, {2}", autoCloseArguments = false)
  @MethodSource("conversations")
  void aConnectionThatIsResetAtAnyByteEndsTheCallAndThoseThatCome(
      String io, EventLoopGroup loops, Conversation conversation) throws Exception {
    Uncut uncut = Uncut.of(conversation);
    for (int cut = conversation.inboundBytes(); cut >= 0; cut -= STEP) {
      try (SocketPeer peer = SocketPeer.connecting(loops.next())) {
        RecordingCall call = play(conversation, peer, cut);

        peer.resets();

        RecordingCall late = peer.callAfterTheEnd();
        peer.settle();
        uncut.isDeliveredInPartBy(call, "reset before byte " + cut);
        assertThat(late.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
      }
    }
  }

  private static RecordingCall play(Conversation conversation, SocketPeer peer, int cut)
      throws Exception {
    peer.becomesReadyAfter(conversation.settingsBytes(), cut);
    return conversation.play(peer, cut).call();
  }

  @Conforms("T120")
  @ParameterizedTest(name = "{0}", autoCloseArguments = false)
  @MethodSource("loops")
  void theResponseThatCameBeforeAWriteFailedIsDelivered(String io, EventLoopGroup loops)
      throws Exception {
    try (SocketPeer peer = SocketPeer.connecting(loops.next())) {
      Http2Peer scribe = Http2Peer.connecting(s -> {});
      peer.becomesReadyAfter(1, 1);
      peer.receive(scribe.recorded(() -> scribe.sendsSettings(s -> {})));
      RecordingCall call = peer.call(null).start(null, false);
      peer.settle();
      byte[] response = scribe.recorded(() -> scribe.sendsHeaders(
          1,
          true,
          ":status",
          "200",
          "content-type",
          "application/grpc",
          "grpc-status",
          "8",
          "grpc-message",
          "quota"));
      scribe.verify();

      CountDownLatch free = peer.keepsLoopBusy();
      try {
        peer.receive(response);
        // It has not read the request, so this is a reset, which the write finds before the read.
        peer.closesUnread();
        call.write(bytes("too late"));
      } finally {
        free.countDown();
      }

      peer.awaitEnd();
      assertThat(call.status().getCode().name()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(call.status().getDescription()).isEqualTo("quota");
    }
  }

  static Stream<Arguments> loops() {
    return Epoll.isAvailable()
        ? Stream.of(Arguments.of("NIO", NIO), Arguments.of("epoll", EpollHolder.GROUP))
        : Stream.of(Arguments.of("NIO", NIO));
  }
}
