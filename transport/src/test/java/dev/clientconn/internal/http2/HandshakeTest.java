// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.transport.Dialer;
import io.grpc.Status;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandshakeTest extends PeerTest {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private Http2Peer connectingWithTls(@Nullable Dialer dialer) throws SSLException {
    SslContext client = SslContextBuilder.forClient().build();
    return connecting(s -> {
      s.sslContext = client;
      s.dialer = dialer;
    });
  }

  @Test
  void aPeerThatRespondsInPlaintextIsRecognised() throws SSLException {
    Http2Peer peer = connectingWithTls(null);

    peer.sendsSettings(s -> {});

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(peer.owner.terminated.getDescription()).contains("does not speak TLS");
  }

  @Test
  void aPeerThatSaysNothingTimesOutInTheHandshake() throws SSLException {
    Http2Peer peer = connectingWithTls(null);

    peer.after(CONNECT_TIMEOUT);

    assertThat(peer.owner.terminated.getDescription())
        .contains("timed out after 20000 ms, in the TLS handshake");
    assertThat(peer.socket.isOpen()).isFalse();
  }

  @Conforms("T007")
  @Test
  void aPeerThatClosesInTheHandshakeIsReported() throws SSLException {
    Http2Peer peer = connectingWithTls(null);

    peer.closes();

    assertThat(peer.owner.phases).containsExactly("terminated");
    assertThat(peer.owner.terminated.getDescription()).contains("handshake");
  }

  @Test
  void whileTcpConnectsTheTimeoutIsNotBlamedOnTls() throws SSLException {
    Http2Peer peer = connectingWithTls(request -> {
      FakeSocket never = new FakeSocket();
      never.pipeline().addLast(request.handler());
      return never.registerTo(request.eventLoop()).newPromise();
    });

    peer.after(CONNECT_TIMEOUT);

    assertThat(peer.owner.terminated.getDescription())
        .endsWith("timed out after 20000 ms, connecting");
  }
}
