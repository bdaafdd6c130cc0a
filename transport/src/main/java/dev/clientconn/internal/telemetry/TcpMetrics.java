// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.transport.TcpInfo;
import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records the metrics of TCP connections (gRFC A80), as far as they come from the kernel. */
final class TcpMetrics {
  private static final String LOCAL_ADDRESS = "network.local.address";
  private static final String LOCAL_PORT = "network.local.port";
  private static final String PEER_ADDRESS = "network.peer.address";
  private static final String PEER_PORT = "network.peer.port";
  private static final List<String> LABELS =
      List.of(LOCAL_ADDRESS, LOCAL_PORT, PEER_ADDRESS, PEER_PORT);

  private static final double MICROS = TimeUnit.SECONDS.toMicros(1);
  /** Seconds, from a loopback connection to a satellite's. */
  private static final List<Double> ROUND_TRIPS =
      List.of(0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0);
  /** Bytes a second, up to 100 Gbit/s. */
  private static final List<Double> RATES =
      List.of(1e3, 1e4, 1e5, 1e6, 3e6, 1e7, 3e7, 1e8, 3e8, 1e9, 3e9, 1e10);

  private static final @Nullable LongCounterMetricInstrument CREATED =
      counter("connections_created", "TCP connections that were made", "{connection}");

  private static final @Nullable LongUpDownCounterMetricInstrument OPEN = Instruments.upDownCounter(
      "grpc.tcp.connection_count",
      "EXPERIMENTAL. TCP connections that are open",
      "{connection}",
      List.of(),
      LABELS);

  private static final @Nullable DoubleHistogramMetricInstrument MIN_RTT =
      histogram("min_rtt", "The smallest round trip of a TCP connection", "s", ROUND_TRIPS);

  private static final @Nullable DoubleHistogramMetricInstrument DELIVERY_RATE = histogram(
      "delivery_rate", "Throughput of a TCP connection that the network limits", "By/s", RATES);

  private static final @Nullable LongCounterMetricInstrument PACKETS_SENT =
      counter("packets_sent", "Packets with data, retransmissions included", "{packet}");

  private static final @Nullable LongCounterMetricInstrument PACKETS_RETRANSMITTED =
      counter("packets_retransmitted", "Packets that were retransmitted", "{packet}");

  private static final @Nullable LongCounterMetricInstrument PACKETS_SPURIOUS =
      counter("packets_spurious_retransmitted", "Packets retransmitted without need", "{packet}");

  private static final @Nullable LongCounterMetricInstrument RECURRING = counter(
      "recurring_retransmits",
      "Retransmissions of the oldest packet that was not acknowledged at a connection's end",
      "{packet}");

  private static final @Nullable LongCounterMetricInstrument BYTES_SENT =
      counter("bytes_sent", "Bytes sent, retransmissions included", "By");

  private static final @Nullable LongCounterMetricInstrument BYTES_RETRANSMITTED =
      counter("bytes_retransmitted", "Bytes that were retransmitted", "By");

  private final SinkMetricRecorder recorder;

  TcpMetrics(SinkMetricRecorder recorder) {
    this.recorder = recorder;
  }

  private static @Nullable LongCounterMetricInstrument counter(
      String name, String description, String unit) {
    return Instruments.counter(
        "grpc.tcp." + name, "EXPERIMENTAL. " + description, unit, List.of(), LABELS);
  }

  private static @Nullable DoubleHistogramMetricInstrument histogram(
      String name, String description, String unit, List<Double> buckets) {
    return Instruments.histogram(
        "grpc.tcp." + name, "EXPERIMENTAL. " + description, unit, buckets, List.of(), LABELS);
  }

  void connected(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
    Map<String, String> labels = labels(local, peer);
    add(CREATED, 1, labels);
    addOpen(1, labels);
  }

  void ended(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
    addOpen(-1, labels(local, peer));
  }

  /** Records the figures since the last ones, and of the connection's end where it is that. */
  void measured(
      @Nullable SocketAddress local, @Nullable SocketAddress peer, TcpInfo figures, boolean last) {
    Map<String, String> labels = labels(local, peer);
    record(MIN_RTT, figures.minRttMicros() / MICROS, labels);
    record(DELIVERY_RATE, (double) figures.deliveryRate(), labels);
    add(PACKETS_SENT, figures.packetsSent(), labels);
    add(PACKETS_RETRANSMITTED, figures.packetsRetransmitted(), labels);
    add(PACKETS_SPURIOUS, figures.packetsSpurious(), labels);
    add(BYTES_SENT, figures.bytesSent(), labels);
    add(BYTES_RETRANSMITTED, figures.bytesRetransmitted(), labels);
    if (last) {
      add(RECURRING, figures.timeouts(), labels);
    }
  }

  private static Map<String, String> labels(
      @Nullable SocketAddress local, @Nullable SocketAddress peer) {
    return Map.of(
        LOCAL_ADDRESS, host(local),
        LOCAL_PORT, port(local),
        PEER_ADDRESS, host(peer),
        PEER_PORT, port(peer));
  }

  private static String host(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return "";
    }
    return inet.getAddress() == null ? inet.getHostString() : inet.getAddress().getHostAddress();
  }

  private static String port(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? Integer.toString(inet.getPort()) : "";
  }

  private void add(
      @Nullable LongCounterMetricInstrument counter, long more, Map<String, String> labels) {
    if (counter != null && more > 0) {
      recorder.addLongCounter(
          counter,
          more,
          Instruments.values(counter.getRequiredLabelKeys(), labels),
          Instruments.values(counter.getOptionalLabelKeys(), labels));
    }
  }

  private void addOpen(int connections, Map<String, String> labels) {
    if (OPEN != null) {
      recorder.addLongUpDownCounter(
          OPEN,
          connections,
          Instruments.values(OPEN.getRequiredLabelKeys(), labels),
          Instruments.values(OPEN.getOptionalLabelKeys(), labels));
    }
  }

  private void record(
      @Nullable DoubleHistogramMetricInstrument histogram,
      double value,
      Map<String, String> labels) {
    if (histogram != null && value > 0) {
      recorder.recordDoubleHistogram(
          histogram,
          value,
          Instruments.values(histogram.getRequiredLabelKeys(), labels),
          Instruments.values(histogram.getOptionalLabelKeys(), labels));
    }
  }
}
