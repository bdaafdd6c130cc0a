// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.transport.TcpInfo;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.SecurityLevel;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records the metrics of subchannels (gRFC A94), of TLS handshakes (A118) and of TCP (A80) for one
 * connection, and passes its events on. A connection is open until it has ended, its drain
 * included, as in the snapshot of the channel. Immutable.
 */
public final class ConnectionMetrics implements TransportObserver {
  private static final String TARGET = "grpc.target";
  private static final String BACKEND_SERVICE = "grpc.lb.backend_service";
  private static final String LOCALITY = "grpc.lb.locality";
  private static final String SECURITY_LEVEL = "grpc.security_level";
  private static final String DISCONNECT_ERROR = "grpc.disconnect_error";
  private static final String HANDSHAKE_RESULT = "grpc.tls.handshake.result";
  private static final String HANDSHAKE_RESUMED = "grpc.tls.handshake.resumed";

  private static final @Nullable LongCounterMetricInstrument SUCCEEDED = Instruments.counter(
      "grpc.subchannel.connection_attempts_succeeded",
      "EXPERIMENTAL. Attempts to connect that succeeded",
      "{attempt}",
      List.of(TARGET),
      List.of(BACKEND_SERVICE, LOCALITY));

  private static final @Nullable LongCounterMetricInstrument FAILED = Instruments.counter(
      "grpc.subchannel.connection_attempts_failed",
      "EXPERIMENTAL. Attempts to connect that failed",
      "{attempt}",
      List.of(TARGET),
      List.of(BACKEND_SERVICE, LOCALITY));

  private static final @Nullable LongCounterMetricInstrument DISCONNECTIONS = Instruments.counter(
      "grpc.subchannel.disconnections",
      "EXPERIMENTAL. Connections that were ready and have ended",
      "{disconnection}",
      List.of(TARGET),
      List.of(BACKEND_SERVICE, LOCALITY, DISCONNECT_ERROR));

  private static final @Nullable LongUpDownCounterMetricInstrument OPEN = Instruments.upDownCounter(
      "grpc.subchannel.open_connections",
      "EXPERIMENTAL. Connections that are ready or draining",
      "{connection}",
      List.of(TARGET),
      List.of(SECURITY_LEVEL, BACKEND_SERVICE, LOCALITY));

  private static final @Nullable LongCounterMetricInstrument HANDSHAKES = Instruments.counter(
      "grpc.client.tls.handshakes",
      "EXPERIMENTAL. TLS handshakes by result",
      "{handshake}",
      List.of(HANDSHAKE_RESULT, TARGET),
      List.of(HANDSHAKE_RESUMED, LOCALITY, BACKEND_SERVICE));

  private final TransportObserver next;
  private final SinkMetricRecorder recorder;
  private final TcpMetrics tcp;
  private final Map<String, String> labels;

  /**
   * @param next is notified first
   * @param target canonical, as gRFC A66 has it
   * @param address attributes of the address that is dialed
   */
  public ConnectionMetrics(
      TransportObserver next,
      SinkMetricRecorder recorder,
      String target,
      SecurityLevel security,
      Attributes address) {
    this.next = next;
    this.recorder = recorder;
    this.tcp = new TcpMetrics(recorder);
    String locality = address.get(EquivalentAddressGroup.ATTR_LOCALITY_NAME);
    this.labels = Map.of(
        TARGET,
        target,
        SECURITY_LEVEL,
        name(security),
        BACKEND_SERVICE,
        BackendService.of(address),
        LOCALITY,
        locality == null ? "" : locality);
  }

  private static String name(SecurityLevel level) {
    return level == SecurityLevel.INTEGRITY
        ? "integrity_only"
        : level.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void attemptEnded(long connection, ConnectOutcome outcome, long nanos, Object detail) {
    next.attemptEnded(connection, outcome, nanos, detail);
    if (outcome == ConnectOutcome.SUCCESS) {
      count(SUCCEEDED, labels);
      addOpen(1);
    } else if (outcome != ConnectOutcome.CANCELLED) {
      // gRFC A94: an attempt that the subchannel gave up has neither succeeded nor failed.
      count(FAILED, labels);
    }
  }

  @Override
  public void handshakeEnded(String result, boolean resumed) {
    next.handshakeEnded(result, resumed);
    Map<String, String> more = new HashMap<>(labels);
    more.put(HANDSHAKE_RESULT, result);
    more.put(HANDSHAKE_RESUMED, resumed ? "RESUMED_HANDSHAKE" : "FULL_HANDSHAKE");
    count(HANDSHAKES, more);
  }

  @Override
  public void disconnected(long connection, String error, long nanos, String text) {
    next.disconnected(connection, error, nanos, text);
    Map<String, String> more = new HashMap<>(labels);
    more.put(DISCONNECT_ERROR, error);
    count(DISCONNECTIONS, more);
    addOpen(-1);
  }

  @Override
  public void event(Kind kind, long connection, Object detail) {
    next.event(kind, connection, detail);
  }

  @Override
  public boolean measuresTcp() {
    return !recorder.isEmpty();
  }

  @Override
  public void tcpConnected(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
    tcp.connected(local, peer);
  }

  @Override
  public void tcpMeasured(
      @Nullable SocketAddress local,
      @Nullable SocketAddress peer,
      TcpInfo sinceLast,
      boolean last) {
    tcp.measured(local, peer, sinceLast, last);
  }

  @Override
  public void tcpEnded(@Nullable SocketAddress local, @Nullable SocketAddress peer) {
    tcp.ended(local, peer);
  }

  private void count(@Nullable LongCounterMetricInstrument counter, Map<String, String> values) {
    if (counter != null) {
      recorder.addLongCounter(
          counter,
          1,
          Instruments.values(counter.getRequiredLabelKeys(), values),
          Instruments.values(counter.getOptionalLabelKeys(), values));
    }
  }

  private void addOpen(int connections) {
    if (OPEN != null) {
      recorder.addLongUpDownCounter(
          OPEN,
          connections,
          Instruments.values(OPEN.getRequiredLabelKeys(), labels),
          Instruments.values(OPEN.getOptionalLabelKeys(), labels));
    }
  }
}
