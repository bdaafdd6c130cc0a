// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest extends PeerTest {

  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("key", Metadata.ASCII_STRING_MARSHALLER);

  @Conforms("T135")
  @Test
  void everySettingsFrameIsAcknowledgedOnceAndAnAckNotAtAll() {
    Http2Peer peer = ready();

    peer.inOneRead(() -> peer.sendsSettings(s -> {}).sendsSettingsAck().sendsSettings(s -> {}));

    peer.expects("SETTINGS ACK", "SETTINGS ACK");
  }

  @Test
  void whatAFrameDoesNotNameStaysAsItWas() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(5));

    peer.sendsSettings(s -> s.initialWindowSize(100));

    assertThat(peer.transport.snapshot().streams().max()).hasValue(5);
  }

  @Conforms("T130")
  @Test
  void theAckFollowsTheChangeAndComesBeforeWhatTheChangeAllows() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxConcurrentStreams(0)).frames();
    peer.unary();

    peer.sendsSettings(s -> s.maxConcurrentStreams(1));

    peer.expects("SETTINGS ACK", "HEADERS 1", "DATA 1 10 END");
  }

  @Conforms("T132")
  @ParameterizedTest
  @ValueSource(longs = {0, 100, 4096, 0xFFFF_FFFFL})
  void headersFitThePeersTable(long tableSize) {
    Http2Peer peer = ready();
    peer.unary();
    peer.frames();

    peer.limitsHeaderTable(tableSize);
    Metadata metadata = new Metadata();
    metadata.put(KEY, "v".repeat(40));
    for (int i = 0; i < 5; i++) {
      peer.call(null, metadata).start(null, true);
      peer.loop.run();
    }

    // The reader fails on an entry, or on a table, that it does not have.
    assertThat(peer.frames())
        .filteredOn(f -> f.headers() != null)
        .hasSize(5)
        .allSatisfy(
            f -> assertThat(Objects.requireNonNull(f.headers()).get("key")).hasSize(40));
  }

  private static String firstBytesOfNextBlock(Http2Peer peer) {
    peer.frames();
    peer.call().start(null, true);
    peer.loop.run();
    ByteBuf headers = Objects.requireNonNull(peer.socket.readOutbound());
    String bytes = ByteBufUtil.hexDump(headers, 9, 4);
    headers.release();
    return bytes;
  }

  @Conforms("T132")
  @Test
  void anEncoderTableLargerThanEightKibibytesIsNotUsedHoweverLargeThePeersIs() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.headerTableSize(1 << 20));

    // A change of the table's size to 8192 (RFC 7541 section 6.3).
    assertThat(firstBytesOfNextBlock(peer)).startsWith("3fe13f");
  }

  @Conforms("T132")
  @Test
  void aTableThatShrinksAndGrowsWithinOneFrameIsEmptiedAndThePeerIsNotified() {
    Http2Peer peer = ready();
    peer.unary();

    // HEADER_TABLE_SIZE 0, then 4096
    peer.sendsFrame(
        4, 0, 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1,
        (byte) 0, (byte) 0, (byte) 16, (byte) 0);

    // RFC 7541 section 4.2: the smallest size, then the last.
    assertThat(firstBytesOfNextBlock(peer)).isEqualTo("203fe11f");
  }

  @Conforms("H31")
  @Test
  void aServerThatEnablesPushEndsTheConnection() {
    Http2Peer peer = ready();

    peer.sendsFrame(4, 0, 0, (byte) 0, (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 1);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
  }

  @Test
  void aServerThatSaysThatPushIsOffSaysNothingNew() {
    Http2Peer peer = ready();

    peer.sendsFrame(4, 0, 0, (byte) 0, (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 0);

    peer.expects("SETTINGS ACK");
  }

  @Conforms("T084")
  @Test
  void maxHeaderListSizeCanBeRaisedAgain() {
    Http2Peer peer = ready();
    peer.sendsSettings(s -> s.maxHeaderListSize(10));
    assertThat(peer.unary().isClosed()).isTrue();

    peer.sendsSettings(s -> s.maxHeaderListSize(10_000));

    assertThat(peer.unary().isClosed()).isFalse();
  }

  @Conforms("T134")
  @Test
  void unknownSettingsAreIgnored() {
    Http2Peer peer = ready();

    peer.sendsFrame(4, 0, 0, (byte) 0xF0, (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);

    peer.expects("SETTINGS ACK");
  }

  @Conforms("T134")
  @Test
  void aFrameSizeThatIsNoneEndsTheConnection() {
    Http2Peer peer = ready();

    peer.sendsFrame(4, 0, 0, (byte) 0, (byte) 5, (byte) 0, (byte) 0, (byte) 0, (byte) 1);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
  }

  @Test
  void settingsOfBrokenLengthEndTheConnection() {
    Http2Peer peer = ready();

    peer.sendsFrame(4, 0, 0, (byte) 0);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FRAME_SIZE_ERROR"));
  }

  @Test
  void settingsThatGiveStreamsNoLargerWindowsWalkNone() {
    Http2Peer peer = ready();
    peer.unary();
    int walks = peer.table.walks();

    for (int i = 0; i < 100; i++) {
      peer.sendsSettings(s -> s.maxConcurrentStreams(1000).initialWindowSize(60_000));
    }

    assertThat(peer.table.walks()).isEqualTo(walks);
  }

  @Conforms("H36")
  @Test
  void aWindowThatIsRaisedAgainAndAgainIsAFlood() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();
    int walks = peer.table.walks();

    for (int i = 0; i < 1000 && !call.isClosed(); i++) {
      int window = 70_000 + i % 2;
      peer.sendsSettings(s -> s.initialWindowSize(window));
    }

    assertThat(peer.texts()).last().asString().startsWith("GOAWAY 0 ENHANCE_YOUR_CALM");
    assertThat(peer.table.walks() - walks).isLessThanOrEqualTo(FloodGuard.WINDOW_RAISES_BURST + 2);
  }

  @Conforms("H36")
  @Test
  void aWindowMayBeRaisedTenTimesASecond() {
    Http2Peer peer = ready();
    peer.unary();

    for (int i = 1; i <= 1000; i++) {
      int window = 70_000 + i;
      peer.after(Duration.ofMillis(100)).sendsSettings(s -> s.initialWindowSize(window));
    }

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Test
  void aCallWalksNoStreams() {
    Http2Peer peer = ready();
    peer.unary();
    int walks = peer.table.walks();

    for (int i = 0; i < 10; i++) {
      peer.unary();
      peer.answers(3 + 2 * i);
    }

    assertThat(peer.table.walks()).isEqualTo(walks);
  }
}
