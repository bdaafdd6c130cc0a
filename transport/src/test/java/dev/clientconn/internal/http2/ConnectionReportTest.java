// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Asserts what the channel's observer is notified of, by frames, failures and shutdowns. */
class ConnectionReportTest {

  private static final Duration MILLI = Duration.ofMillis(1);

  private static List<String> observed(Http2Peer peer) {
    List<String> taken = List.copyOf(peer.owner.observed);
    peer.owner.observed.clear();
    return taken;
  }

  private static String only(Http2Peer peer) {
    assertThat(peer.owner.observed).hasSize(1);
    return observed(peer).get(0);
  }

  private static Http2Peer failing(Throwable cause) {
    return Http2Peer.connecting(setup -> setup.dialer = request -> {
      throw new IllegalStateException(cause);
    });
  }

  @Test
  void attemptEndsWithTheSettings() {
    Http2Peer peer = Http2Peer.connecting(s -> {});
    peer.after(MILLI);
    assertThat(observed(peer)).isEmpty();

    peer.sendsSettings(s -> {});

    assertThat(only(peer)).isEqualTo("SUCCESS in 1000000 ns " + Http2Peer.ADDRESS);
    peer.verify();
  }

  @Test
  void attemptsFailByTheirCause() {
    Http2Peer refused = failing(new ConnectException("Connection refused"));
    assertThat(only(refused)).startsWith("REFUSED in 0 ns cannot connect");
    refused.verify();

    Http2Peer unresolved = failing(new UnresolvedAddressException());
    assertThat(only(unresolved)).startsWith("DNS in 0 ns");
    unresolved.verify();

    Http2Peer other = failing(new IllegalStateException("broken"));
    assertThat(only(other)).startsWith("OTHER in 0 ns");
    other.verify();
  }

  @Test
  void attemptWithoutSettingsTimesOut() {
    Http2Peer peer = Http2Peer.connecting(s -> {});
    peer.after(Duration.ofSeconds(20));
    assertThat(only(peer)).startsWith("TIMEOUT in 20000000000 ns cannot connect");
    peer.verify();
  }

  @Test
  void attemptThatThePeerClosesIsReset() {
    Http2Peer peer = Http2Peer.connecting(s -> {});
    peer.closes();
    assertThat(only(peer)).startsWith("RESET in 0 ns");
    peer.verify();
  }

  @Test
  void attemptThatTheChannelEndsIsCancelled() {
    Http2Peer peer = Http2Peer.connecting(s -> {});
    peer.transport.shutdownNow(Status.UNAVAILABLE.withDescription("not needed"));
    peer.loop.run();
    assertThat(only(peer)).isEqualTo("CANCELLED in 0 ns not needed");
    peer.verify();
  }

  @Test
  void connectionsEndByTheReasonsOfA94() {
    Http2Peer closed = Http2Peer.ready();
    observed(closed);
    closed.after(MILLI).closes();
    assertThat(only(closed)).startsWith("<unknown> after 1000000 ns connection to peer:1 lost");
    closed.verify();

    Http2Peer reset = Http2Peer.ready();
    observed(reset);
    reset.breaks();
    assertThat(only(reset)).startsWith("<connection reset> after 0 ns");
    reset.verify();

    Http2Peer shutDown = Http2Peer.ready();
    observed(shutDown);
    shutDown.transport.shutdown(Status.UNAVAILABLE.withDescription("bye"));
    shutDown.loop.run();
    assertThat(only(shutDown)).isEqualTo("<subchannel shutdown> after 0 ns bye");
    shutDown.verify();
  }

  @Test
  void shutdownThatFollowsFromTheEndIsNotItsReason() {
    Status unused = Status.UNAVAILABLE.withDescription("no longer used");
    Http2Peer reset = Http2Peer.ready();
    observed(reset);
    reset.owner.onClosing = () -> reset.transport.shutdown(unused);
    reset.breaks();
    assertThat(only(reset)).startsWith("<connection reset>");
    reset.verify();

    Http2Peer silent = Http2Peer.ready(setup -> setup.keepalive =
        new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), true));
    observed(silent);
    silent.owner.onClosing = () -> silent.transport.shutdownNow(unused);
    silent.after(Duration.ofSeconds(15));
    assertThat(only(silent)).startsWith("<connection timed out>");
    silent.verify();
  }

  @Test
  void silentConnectionTimesOut() {
    Http2Peer peer = Http2Peer.ready(setup -> setup.keepalive =
        new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), true));
    observed(peer);
    peer.after(Duration.ofSeconds(15));
    assertThat(only(peer)).startsWith("<connection timed out> after 15000000000 ns keepalive");
    peer.verify();
  }

  @Test
  void goAwayIsAnEventAndTheReason() {
    Http2Peer peer = Http2Peer.ready();
    peer.unary();
    observed(peer);

    peer.sendsGoAway(1, Http2Error.ENHANCE_YOUR_CALM, "slow\r\ndown");
    assertThat(only(peer))
        .isEqualTo("GOAWAY received GOAWAY with code ENHANCE_YOUR_CALM, debug data"
            + " \"slow  down\", last stream 1");

    peer.answers(1);
    assertThat(only(peer)).startsWith("<GOAWAY ENHANCE_YOUR_CALM> after 0 ns");
    peer.verify();
  }

  @Test
  void unknownCodeOfAGoAwayIsNoReasonOfItsOwn() {
    Http2Peer peer = Http2Peer.ready();
    observed(peer);
    byte[] code4711 = {0, 0, 0, 0, 0, 0, 0x12, 0x67};
    peer.sendsFrame(7, 0, 0, code4711);
    assertThat(observed(peer).get(1)).startsWith("<GOAWAY UNKNOWN> after");
    peer.verify();
  }

  @Test
  void violationIsAnEvent() {
    Http2Peer peer = Http2Peer.ready();
    observed(peer);
    peer.sendsWindowUpdate(0, Integer.MAX_VALUE);
    assertThat(observed(peer).get(0)).startsWith("CONNECTION_ERROR HTTP/2 connection error FLOW");
    peer.verify();
  }

  @Test
  void laterSettingsAreAnEvent() {
    Http2Peer peer = Http2Peer.ready();
    observed(peer);
    peer.sendsSettings(s -> s.maxConcurrentStreams(3));
    assertThat(only(peer))
        .isEqualTo("SETTINGS_CHANGED max concurrent streams 3, initial window 65535, max header"
            + " list unlimited");

    peer.sendsSettings(s -> s.maxConcurrentStreams(3));
    assertThat(observed(peer)).isEmpty();
    peer.verify();
  }
}
