// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelRecorder;
import dev.clientconn.internal.transport.TcpInfo;
import dev.clientconn.testing.RecordingMetricSink;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.SecurityLevel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // the attribute of the oldest grpc-api
class ConnectionMetricsTest {
  private static final Attributes IN_CLUSTER = Attributes.newBuilder()
      .set(NameResolver.ATTR_BACKEND_SERVICE, "orders")
      .set(EquivalentAddressGroup.ATTR_LOCALITY_NAME, "eu/1")
      .build();
  private static final String LABELS =
      "grpc.target=dns:///a, grpc.lb.backend_service=orders, grpc.lb.locality=eu/1";

  private final RecordingMetricSink sink = new RecordingMetricSink();
  private final SinkMetricRecorder recorder = new SinkMetricRecorder(List.of(sink));
  private final ChannelRecorder totals = new ChannelRecorder();

  private ConnectionMetrics metrics(SecurityLevel security, Attributes address) {
    return new ConnectionMetrics(totals, recorder, "dns:///a", security, address);
  }

  @Conforms("C163")
  @Test
  void aConnectionIsCountedFromItsSuccessToItsEnd() {
    ConnectionMetrics metrics = metrics(SecurityLevel.PRIVACY_AND_INTEGRITY, IN_CLUSTER);

    metrics.attemptEnded(1, ConnectOutcome.SUCCESS, 5, "");
    assertThat(sink.values)
        .containsExactly(
            "grpc.subchannel.connection_attempts_succeeded 1 [" + LABELS + "]",
            "grpc.subchannel.open_connections 1 [grpc.target=dns:///a,"
                + " grpc.security_level=privacy_and_integrity, grpc.lb.backend_service=orders,"
                + " grpc.lb.locality=eu/1]");

    sink.values.clear();
    metrics.disconnected(1, "GOAWAY NO_ERROR", 7, "");
    assertThat(sink.values)
        .containsExactly(
            "grpc.subchannel.disconnections 1 [" + LABELS
                + ", grpc.disconnect_error=GOAWAY NO_ERROR]",
            "grpc.subchannel.open_connections -1 [grpc.target=dns:///a,"
                + " grpc.security_level=privacy_and_integrity, grpc.lb.backend_service=orders,"
                + " grpc.lb.locality=eu/1]");
  }

  @Conforms("C163")
  @Test
  void onlyAnAttemptThatFailedOfItselfIsAFailedOne() {
    ConnectionMetrics metrics = metrics(SecurityLevel.NONE, Attributes.EMPTY);

    metrics.attemptEnded(1, ConnectOutcome.CANCELLED, 5, "");
    assertThat(sink.values).isEmpty();

    metrics.attemptEnded(2, ConnectOutcome.REFUSED, 5, "");
    assertThat(sink.values)
        .containsExactly("grpc.subchannel.connection_attempts_failed 1 [grpc.target=dns:///a]");
  }

  @Conforms("C164")
  @Test
  void aHandshakeIsCountedByItsResult() {
    ConnectionMetrics metrics = metrics(SecurityLevel.PRIVACY_AND_INTEGRITY, Attributes.EMPTY);

    metrics.handshakeEnded("SUCCESS", true);
    metrics.handshakeEnded("CERTIFICATE_EXPIRED", false);

    assertThat(sink.values)
        .containsExactly(
            "grpc.client.tls.handshakes 1 [grpc.tls.handshake.result=SUCCESS,"
                + " grpc.target=dns:///a, grpc.tls.handshake.resumed=RESUMED_HANDSHAKE]",
            "grpc.client.tls.handshakes 1 [grpc.tls.handshake.result=CERTIFICATE_EXPIRED,"
                + " grpc.target=dns:///a, grpc.tls.handshake.resumed=FULL_HANDSHAKE]");
  }

  @Conforms("C165")
  @Test
  void theFiguresOfTcpAreRecordedWithTheAddresses() {
    ConnectionMetrics metrics = metrics(SecurityLevel.NONE, Attributes.EMPTY);
    SocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    SocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

    metrics.tcpConnected(local, peer);
    metrics.tcpMeasured(local, peer, new TcpInfo(250, 0, 3, 2, 1, 900, 600, 7), false);
    metrics.tcpMeasured(local, peer, new TcpInfo(250, 5000, 0, 0, 0, 0, 0, 7), true);
    metrics.tcpEnded(local, peer);

    String addresses = " [network.local.address=127.0.0.1, network.local.port=50000,"
        + " network.peer.address=127.0.0.1, network.peer.port=443]";
    assertThat(sink.values)
        .containsExactly(
            "grpc.tcp.connections_created 1" + addresses,
            "grpc.tcp.connection_count 1" + addresses,
            "grpc.tcp.min_rtt 2.5E-4" + addresses,
            "grpc.tcp.packets_sent 3" + addresses,
            "grpc.tcp.packets_retransmitted 2" + addresses,
            "grpc.tcp.packets_spurious_retransmitted 1" + addresses,
            "grpc.tcp.bytes_sent 900" + addresses,
            "grpc.tcp.bytes_retransmitted 600" + addresses,
            "grpc.tcp.min_rtt 2.5E-4" + addresses,
            "grpc.tcp.delivery_rate 5000.0" + addresses,
            "grpc.tcp.recurring_retransmits 7" + addresses,
            "grpc.tcp.connection_count -1" + addresses);
  }

  @Test
  void theTotalsOfTheChannelHaveAllEventsToo() {
    ConnectionMetrics metrics = metrics(SecurityLevel.NONE, Attributes.EMPTY);

    metrics.attemptEnded(1, ConnectOutcome.SUCCESS, 5, "");
    metrics.handshakeEnded("SUCCESS", false);
    metrics.disconnected(1, "unknown", 7, "");

    assertThat(totals.totals().attempts()).containsKey(ConnectOutcome.SUCCESS);
    assertThat(totals.totals().tlsHandshakes()).hasSize(1);
    assertThat(totals.totals().disconnects()).containsEntry("unknown", 1L);
    assertThat(totals.events()).hasSize(2);
  }
}
