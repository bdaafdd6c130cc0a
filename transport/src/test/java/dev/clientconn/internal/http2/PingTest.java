// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PingTest extends PeerTest {

  @Conforms({"H05", "T136"})
  @Test
  void aPingIsAcknowledgedWithItsPayload() {
    Http2Peer peer = ready();

    peer.inOneRead(() -> peer.sendsPing(42).sendsPing(-1));

    peer.expects("PING ACK 42", "PING ACK -1");
  }

  @Conforms("T136")
  @Test
  void anUnexpectedAckIsIgnored() {
    Http2Peer peer = ready();

    peer.sendsPingAck(42).expectsNothing();

    assertThat(peer.owner.phases).containsExactly("ready");
  }

  @Test
  void aPingOfTheWrongLengthEndsTheConnection() {
    Http2Peer peer = ready();

    peer.sendsFrame(6, 0, 0, (byte) 1);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FRAME_SIZE_ERROR"));
  }

  @Test
  void aPingOfAStreamEndsTheConnection() {
    Http2Peer peer = ready();

    peer.sendsFrame(6, 0, 1, new byte[8]);

    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 PROTOCOL_ERROR"));
  }

  @Conforms("J12")
  @Test
  void pingsAreAcknowledgedWhileTheConnectionDrains() {
    Http2Peer peer = ready();
    peer.unary();
    peer.frames();

    peer.inOneRead(() -> peer.sendsGoAway(
            Integer.MAX_VALUE, io.netty.handler.codec.http2.Http2Error.NO_ERROR, "")
        .sendsPing(7));

    peer.expects("PING ACK 7");
  }

  @Conforms("J11")
  @Test
  void theRoundTripIsUnknownUntilAPingWasAcknowledged() {
    Http2Peer peer = ready(s ->
        s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), true));

    peer.sendsPingAck(0).after(Duration.ofSeconds(10)).expects("PING 0");
    assertThat(peer.transport.snapshot().roundTripNanos()).isEmpty();
    peer.after(Duration.ofMillis(30)).sendsPingAck(0);

    assertThat(peer.transport.snapshot().roundTripNanos())
        .hasValue(Duration.ofMillis(30).toNanos());
    peer.after(Duration.ofMillis(500)).sendsPingAck(0);
    assertThat(peer.transport.snapshot().roundTripNanos())
        .hasValue(Duration.ofMillis(30).toNanos());
  }
}
