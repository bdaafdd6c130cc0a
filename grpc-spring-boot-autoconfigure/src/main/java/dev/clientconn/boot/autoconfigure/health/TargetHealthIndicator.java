// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.health;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.HealthSource;
import dev.clientconn.boot.autoconfigure.settings.HealthSettings;
import dev.clientconn.boot.autoconfigure.settings.HealthStatus;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.ssl.SslBundle;

/**
 * Reports the state of one channel, from a snapshot: it makes no call and waits for nothing, and a
 * channel without a connection makes one only if its settings say so.
 */
final class TargetHealthIndicator extends AbstractHealthIndicator {

  private final String name;

  private final ClientConn channel;

  private final HealthSource source;

  private final Clock clock;

  TargetHealthIndicator(String name, ClientConn channel, HealthSource source, Clock clock) {
    super("The health of the gRPC target '" + name + "' cannot be read");
    this.name = name;
    this.channel = channel;
    this.source = source;
    this.clock = clock;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    HealthSettings settings = this.source.settings(this.name);
    if (Boolean.TRUE.equals(settings.getConnect())) {
      this.channel.getState(true);
    }
    ClientConnSnapshot snapshot = this.channel.snapshot();
    health
        .status(status(snapshot.state(), settings))
        .withDetail("target", snapshot.target())
        .withDetail("state", snapshot.state().name());
    if (snapshot.failure() != null) {
      health.withDetail("failure", snapshot.failure());
    }
    List<TransportSnapshot> connections = snapshot.subchannels().stream()
        .flatMap(subchannel -> subchannel.connections().stream())
        .toList();
    health.withDetail("connections", count(connections));
    Map<String, Object> certificates = certificates(connections, settings);
    if (!certificates.isEmpty()) {
      health.withDetail("certificates", certificates);
    }
  }

  private static Status status(ConnectivityState state, HealthSettings settings) {
    return switch (state) {
      case READY -> Status.UP;
      case IDLE -> status(settings.getIdle(), Status.UP);
      case CONNECTING -> status(settings.getConnecting(), Status.UNKNOWN);
      case TRANSIENT_FAILURE -> status(settings.getFailure(), Status.DOWN);
      case SHUTDOWN -> Status.OUT_OF_SERVICE;
    };
  }

  private static Status status(@Nullable HealthStatus configured, Status otherwise) {
    return configured == null ? otherwise : new Status(configured.name());
  }

  private static Map<String, Integer> count(List<TransportSnapshot> connections) {
    Map<String, Integer> byState = new TreeMap<>();
    connections.forEach(
        each -> byState.merge(each.state().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
    return byState;
  }

  private Map<String, Object> certificates(
      List<TransportSnapshot> connections, HealthSettings settings) {
    Map<String, Object> certificates = new TreeMap<>();
    SslBundle bundle = this.source.bundle(this.name);
    if (bundle != null) {
      add("client", CertificateExpiry.ofClient(bundle), settings, certificates);
      add("authorities", CertificateExpiry.ofAuthorities(bundle), settings, certificates);
    }
    Instant server = connections.stream()
        .map(TransportSnapshot::tls)
        .filter(Objects::nonNull)
        .map(TransportSnapshot.Tls::peerCertificateExpiry)
        .filter(Objects::nonNull)
        .min(Instant::compareTo)
        .orElse(null);
    add("server", server, settings, certificates);
    return certificates;
  }

  private void add(
      String whose,
      @Nullable Instant expiry,
      HealthSettings settings,
      Map<String, Object> certificates) {
    if (expiry != null) {
      Duration configured = settings.getCertificateThreshold();
      Duration threshold = configured == null ? HealthSource.CERTIFICATE_THRESHOLD : configured;
      certificates.put(whose, CertificateExpiry.describe(expiry, this.clock.instant(), threshold));
    }
  }
}
