// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import io.grpc.Grpc;
import io.grpc.Status;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelPromise;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectAttemptTest extends PeerTest {

  private static final Duration NEARLY_CONNECT_TIMEOUT = Duration.ofMillis(19_999);

  @Conforms({"T011", "T012"})
  @Test
  void prefaceSettingsAndWindowUpdateLeaveInOneWrite() {
    Http2Peer peer = connecting(s -> {
      s.streamWindow = 100_000;
      s.connectionWindow = 200_000;
    });

    assertThat(peer.takeWrites()).isEqualTo(1);
    // ENABLE_PUSH 0, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE
    peer.expects(
        "SETTINGS {ENABLE_PUSH=0, INITIAL_WINDOW_SIZE=100000, MAX_HEADER_LIST_SIZE=8192}",
        "WINDOW_UPDATE 0 +134465");
  }

  @Conforms("T013")
  @Test
  void noWindowUpdateIsSentForTheDefaultWindow() {
    Http2Peer peer = connecting();

    peer.expects("SETTINGS {ENABLE_PUSH=0, INITIAL_WINDOW_SIZE=65535, MAX_HEADER_LIST_SIZE=8192}");
  }

  @Conforms("T014")
  @Test
  void theConnectionIsReadyOnceThePeersSettingsArrive() {
    Http2Peer peer = connecting();
    peer.frames();
    assertThat(peer.owner.phases).isEmpty();

    peer.sendsSettings(s -> s.maxConcurrentStreams(7));

    assertThat(peer.owner.phases).containsExactly("ready");
    assertThat(peer.owner.attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNotNull();
    assertThat(peer.transport.snapshot().streams().max()).hasValue(7);
    peer.expects("SETTINGS ACK");
  }

  @Conforms("T015")
  @Test
  void anAckIsNotThePeersSettings() {
    Http2Peer peer = connecting();
    peer.frames();

    peer.sendsSettingsAck();

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).contains("SETTINGS ACK");
  }

  @Test
  void theFirstBytesMayComeOneByOne() {
    Http2Peer peer = connecting();
    byte[] settings = peer.recorded(() -> peer.sendsSettings(s -> s.maxConcurrentStreams(7)));

    for (byte b : settings) {
      assertThat(peer.owner.phases).isEmpty();
      peer.sendsBytes(b);
    }

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("T091")
  @Test
  void aCallBeforeReadyIsNotSent() {
    Http2Peer peer = connecting();
    peer.frames();

    RecordingCall call = peer.unary();

    assertThat(call.takeEvents()).containsExactly("closed UNAVAILABLE NOT_SENT");
    peer.expectsNothing();
  }

  @Conforms("T005")
  @Test
  void theAttemptTimesOutWhileItDials() {
    FakeSocket never = new FakeSocket();
    Http2Peer peer = connecting(
        s -> s.dialer = request -> never.registerTo(request.eventLoop()).newPromise());

    peer.after(NEARLY_CONNECT_TIMEOUT);
    assertThat(peer.owner.phases).isEmpty();
    peer.after(Duration.ofMillis(1));

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription())
        .contains("timed out after 20000 ms, connecting");
    assertThat(never.isOpen()).isFalse();
  }

  @Conforms("H33")
  @Test
  void aChannelThatIsRegisteredAfterTheTimeoutIsClosed() {
    FakeSocket late = new FakeSocket();
    Http2Peer peer = connecting(s -> s.dialer = request -> {
      late.pipeline().addLast(request.handler());
      return late.newPromise();
    });
    peer.after(NEARLY_CONNECT_TIMEOUT.plusMillis(1));
    assertThat(peer.owner.phases).containsExactly("terminated");

    late.registerTo(peer.loop);
    peer.loop.run();

    assertThat(late.isOpen()).isFalse();
  }

  @Conforms("H33")
  @Test
  void aChannelThatConnectsAfterTheTimeoutIsClosedThoughItHasNoHandlerOfOurs() {
    FakeSocket late = new FakeSocket();
    ChannelPromise connected = late.newPromise();
    Http2Peer peer = connecting(s -> s.dialer = request -> connected);
    peer.after(NEARLY_CONNECT_TIMEOUT.plusMillis(1));

    late.registerTo(peer.loop).connected();
    connected.setSuccess();
    peer.loop.run();

    assertThat(late.isOpen()).isFalse();
    assertThat(late.taken()).isZero();
  }

  @Conforms("T005")
  @Test
  void theAttemptTimesOutWhileItWaitsForSettings() {
    Http2Peer peer = connecting();

    peer.after(NEARLY_CONNECT_TIMEOUT);
    assertThat(peer.owner.phases).isEmpty();
    peer.after(Duration.ofMillis(1));

    assertThat(peer.owner.terminated.getDescription())
        .contains("timed out after 20000 ms, waiting for the server's SETTINGS");
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Conforms("T005")
  @Test
  void theConnectTimeoutEndsWithReady() {
    Http2Peer peer = ready();

    peer.after(Duration.ofDays(1));

    assertThat(peer.owner.phases).containsExactly("ready");
    assertThat(peer.loop.hasTimer()).isFalse();
  }

  @Test
  void aPeerThatSpeaksHttp1IsNamed() {
    Http2Peer peer = connecting();

    peer.sendsText("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription())
        .contains("HTTP/1, not HTTP/2")
        .contains("\"HTTP/1.1 400 Bad Request\"");
  }

  @Conforms("H32")
  @Test
  void theReservedBitOfTheFirstFrameMeansNothing() {
    Http2Peer peer = connecting();

    peer.sendsBytes(new byte[] {0, 0, 0, 4, 0, (byte) 0x80, 0, 0, 0});

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Conforms("H32")
  @ParameterizedTest
  @ValueSource(strings = {"000000040100000000", "000000040000000001", "000008060000000000"})
  void aPrefaceThatIsNoServersIsAProtocolError(String firstFrame) {
    Http2Peer peer = connecting();
    peer.frames();

    peer.sendsBytes(ByteBufUtil.decodeHexDump(firstFrame));

    // RFC 9113 section 3.4
    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
  }

  @Test
  void aPeerThatSpeaksTlsIsNamed() {
    Http2Peer peer = connecting();

    // A fatal alert, protocol_version: all that a TLS server sends in response to plaintext.
    peer.sendsBytes((byte) 0x15, (byte) 3, (byte) 3, (byte) 0, (byte) 2, (byte) 2, (byte) 70);

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).contains("the server speaks TLS");
  }

  @Conforms("T014")
  @Test
  void aPeerThatSpeaksAnotherProtocolIsNamed() {
    Http2Peer peer = connecting();

    peer.sendsText("220 mail.example ESMTP\r\n");

    assertThat(peer.owner.terminated.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription()).contains("does not speak HTTP/2");
  }

  @Conforms("T016")
  @Test
  void brokenFirstSettingsFailTheConnection() {
    Http2Peer peer = connecting();
    peer.frames();

    // INITIAL_WINDOW_SIZE 2^31
    peer.sendsFrame(4, 0, 0, (byte) 0, (byte) 4, (byte) 0x80, (byte) 0, (byte) 0, (byte) 0);

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.texts().get(0)).startsWith("GOAWAY 0 FLOW_CONTROL_ERROR");
  }

  @Conforms("T014")
  @Test
  void aPeerThatClosesBeforeItsSettingsIsNamed() {
    Http2Peer peer = connecting();

    peer.sendsBytes((byte) 0, (byte) 0).closes();

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription())
        .contains("closed the connection while this side was waiting for the server's SETTINGS");
  }

  @Test
  void aDialerThatThrowsAnErrorFailsTheAttemptAtOnce() {
    NoClassDefFoundError missing = new NoClassDefFoundError("tunnel");
    Http2Peer peer = connecting(s -> s.dialer = request -> {
      throw missing;
    });

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCause()).isSameAs(missing);
  }

  @Test
  @SuppressWarnings("NullAway") // as a user's dialer may
  void aDialerThatReturnsNullFailsTheAttempt() {
    Http2Peer peer = connecting(s -> s.dialer = request -> null);

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).contains("the Dialer returned null");
  }

  @Test
  void aDialerThatThrowsFailsTheAttempt() {
    Http2Peer peer = connecting(s -> s.dialer = request -> {
      throw new IllegalStateException("no route");
    });

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription()).contains("no route");
  }

  @Conforms({"T002", "T004"})
  @Test
  void aDialerThatFailsFailsTheAttemptAndItsChannelIsClosed() {
    FakeSocket refused = new FakeSocket();
    Http2Peer peer = connecting(s -> s.dialer = request -> refused
        .registerTo(request.eventLoop())
        .newFailedFuture(new ConnectException("Connection refused")));

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).endsWith("Connection refused");
    assertThat(peer.owner.terminated.getCause()).isInstanceOf(ConnectException.class);
    assertThat(refused.isOpen()).isFalse();
  }

  @Conforms({"J03", "T005"})
  @Test
  void shutdownWhileDiallingClosesTheChannelAndSendsNothing() {
    FakeSocket never = new FakeSocket();
    Http2Peer peer = connecting(
        s -> s.dialer = request -> never.registerTo(request.eventLoop()).newPromise());

    peer.transport.shutdownNow(Status.UNAVAILABLE.withDescription("enough"));
    peer.loop.run();

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).isEqualTo("enough");
    assertThat(never.isOpen()).isFalse();
  }

  @Conforms("T023")
  @Test
  void anErrorOfTheSocketIsReportedWithTheConnectionsEnd() {
    Http2Peer peer = ready();
    RecordingCall call = peer.unary();

    peer.socket.breaks(new java.net.SocketException("Connection reset"));
    peer.loop.run();

    assertThat(call.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.status().getDescription()).endsWith("lost: Connection reset");
  }

  @Test
  void aPeerThatClosedIsNamedThoughWritesFailedFirst() {
    Http2Peer peer = ready();
    peer.socket.clog();
    RecordingCall call = peer.unary();

    peer.closes();

    assertThat(call.status().getDescription()).endsWith("lost: the server closed it");
    assertThat(call.status().getCause()).isNull();
  }

  @Test
  void aChannelThatIsActiveWhenItIsRegisteredGetsOnePreface() {
    FakeSocket accepted = new FakeSocket();
    Http2Peer peer = connecting(s -> s.dialer = request -> {
      // Its handler is added to an active channel, which then reports that it is active.
      accepted.registerConnected(request.eventLoop(), request.handler());
      return accepted.newSucceededFuture();
    });

    // 24 bytes, and SETTINGS of three.
    assertThat(accepted.taken()).isEqualTo(24 + 9 + 3 * 6);
    accepted.close();
    accepted.releaseOutbound();
    peer.loop.run();
  }
}
