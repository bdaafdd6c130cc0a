// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import dev.clientconn.boot.autoconfigure.settings.ConnectMode;
import dev.clientconn.boot.autoconfigure.settings.ConnectionsSettings;
import dev.clientconn.boot.autoconfigure.settings.DnsSettings;
import dev.clientconn.boot.autoconfigure.settings.FlowControlSettings;
import dev.clientconn.boot.autoconfigure.settings.InboundSettings;
import dev.clientconn.boot.autoconfigure.settings.KeepaliveSettings;
import io.grpc.LoadBalancerRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Applies the settings of a target to its builder. It rejects invalid values and names their key.
 */
final class SettingsMapper {

  private static final int SMALLEST_WINDOW = 65_535;

  /** The time of pings that are enabled without one. */
  static final Duration KEEPALIVE_TIME = Duration.ofMinutes(5);

  /** gRFC A8: shorter times would be raised to these. */
  private static final Duration SHORTEST_KEEPALIVE = Duration.ofSeconds(10);

  private static final Duration SHORTEST_KEEPALIVE_TIMEOUT = Duration.ofMillis(10);

  /** The builder would raise shorter times of connections to this. */
  private static final Duration SHORTEST_AGE = Duration.ofSeconds(1);

  private final TargetSettings settings;

  private final ClientConnBuilder builder;

  private final SettingChecks checks;

  SettingsMapper(TargetSettings settings, ClientConnBuilder builder) {
    this.settings = settings;
    this.builder = builder;
    this.checks = new SettingChecks(settings);
  }

  void apply() {
    Target values = this.settings.values();
    PropertyMapper map = PropertyMapper.get();
    map.from(values::getAuthority).whenHasText().to(this::authority);
    map.from(values::getUserAgent).whenHasText().to(this::userAgent);
    map.from(values::getLoadBalancingPolicy).whenHasText().to(this::loadBalancingPolicy);
    applyTimes(values);
    applyKeepalive(values.getKeepalive());
    applyConnections(values.getConnections(), values.getDns());
    applyLimits(values);
  }

  private void applyTimes(Target values) {
    PropertyMapper map = PropertyMapper.get();
    map.from(values.getConnect()::getTimeout)
        .as(timeout -> this.checks.positive("connect.timeout", timeout))
        .to(this.builder::connectTimeout);
    map.from(values.getConnect()::getRequiredTimeout)
        .to(timeout -> this.checks.positive("connect.required-timeout", timeout));
    map.from(values.getHealth()::getCertificateThreshold)
        .to(threshold -> this.checks.notNegative("health.certificate-threshold", threshold));
    if (values.getConnect().getMode() != ConnectMode.REQUIRED
        && this.settings.isOwn("connect.required-timeout")) {
      throw this.settings.invalidGroup(
          "connect.required-timeout", "It has no effect without connect.mode: required.");
    }
    map.from(values.getIdle()::getTimeout)
        .as(timeout -> this.checks.positive("idle.timeout", timeout))
        .to(idle -> this.builder.idleTimeout(nanos(idle), TimeUnit.NANOSECONDS));
  }

  private void applyKeepalive(KeepaliveSettings keepalive) {
    PropertyMapper map = PropertyMapper.get();
    map.from(keepalive::getTime)
        .as(time -> this.checks.atLeast(
            "keepalive.time",
            time,
            SHORTEST_KEEPALIVE,
            "10s: servers close connections that send pings too often"))
        .to(time -> {});
    map.from(keepalive::getTimeout)
        .as(timeout ->
            this.checks.atLeast("keepalive.timeout", timeout, SHORTEST_KEEPALIVE_TIMEOUT, "10ms"))
        .to(timeout -> this.builder.keepAliveTimeout(nanos(timeout), TimeUnit.NANOSECONDS));
    map.from(keepalive::getWithoutCalls).to(this.builder::keepAliveWithoutCalls);
    Boolean enabled = keepalive.getEnabled();
    Duration time = keepalive.getTime();
    if (Boolean.TRUE.equals(enabled) || (enabled == null && time != null)) {
      this.builder.keepAliveTime(nanos(time == null ? KEEPALIVE_TIME : time), TimeUnit.NANOSECONDS);
    } else if (enabled == null) {
      rejectWithoutPings("keepalive.timeout");
      rejectWithoutPings("keepalive.without-calls");
    }
  }

  private void rejectWithoutPings(String leaf) {
    if (this.settings.isOwn(leaf)) {
      throw this.settings.invalidGroup(
          leaf, "It has no effect without keepalive.time or keepalive.enabled: true.");
    }
  }

  private void applyConnections(ConnectionsSettings connections, DnsSettings dns) {
    PropertyMapper map = PropertyMapper.get();
    map.from(connections::getMax)
        .as(max -> this.checks.atLeast("connections.max", max, 1))
        .to(this.builder::maxConnectionsPerAddress);
    map.from(connections::getIdleTimeout)
        .as(idle -> this.checks.atLeast("connections.idle-timeout", idle, SHORTEST_AGE, "1s"))
        .to(this.builder::connectionIdleTimeout);
    map.from(connections::getMaxAge)
        .as(age -> age.isZero()
            ? null
            : this.checks.atLeast("connections.max-age", age, SHORTEST_AGE, "1s, or 0 for none"))
        .to(this.builder::maxConnectionAge);
    map.from(connections::getMaxAgeGrace)
        .as(grace -> this.checks.positive("connections.max-age-grace", grace))
        .to(this.builder::maxConnectionAgeGrace);
    map.from(dns::getRefreshInterval)
        .as(interval -> this.checks.positiveOrNone("dns.refresh-interval", interval))
        .to(this.builder::dnsRefreshInterval);
    map.from(dns::getMinRefreshInterval)
        .as(interval -> this.checks.positiveOrNone("dns.min-refresh-interval", interval))
        .to(this.builder::dnsMinRefreshInterval);
    Duration interval = dns.getRefreshInterval();
    this.checks.notAbove(
        "dns.min-refresh-interval",
        dns.getMinRefreshInterval(),
        "dns.refresh-interval",
        interval == null || interval.isZero() ? null : interval);
  }

  private void applyLimits(Target values) {
    InboundSettings inbound = values.getInbound();
    PropertyMapper map = PropertyMapper.get();
    // Only if it is configured: a service config can raise the default, but not a configured limit.
    map.from(inbound.getMessage()::getMaxSize)
        .as(size -> this.checks.limit("inbound.message.max-size", size))
        .to(this.builder::maxInboundMessageSize);
    map.from(inbound.getMetadata()::getMaxSize)
        .as(size -> this.checks.limit("inbound.metadata.max-size", size))
        .to(this.builder::maxInboundMetadataSize);
    map.from(values.getOutbound().getMessage()::getMaxSize)
        .as(size -> this.checks.limit("outbound.message.max-size", size))
        .to(bytes -> this.builder.intercept(new OutboundLimit(bytes)));
    map.from(values.getOutbound().getMetadata()::getNeverIndexed).to(this::neverIndexed);
    FlowControlSettings window = values.getFlowControl();
    map.from(window::getStreamWindow)
        .as(size -> this.checks.bytes("flow-control.stream-window", size, SMALLEST_WINDOW))
        .to(this.builder::initialStreamWindow);
    map.from(window::getConnectionWindow)
        .as(size -> this.checks.bytes("flow-control.connection-window", size, SMALLEST_WINDOW))
        .to(this.builder::initialConnectionWindow);
    map.from(window::getGrow).to(this.builder::growWindows);
    map.from(values.getStreams()::getMaxPending)
        .as(pending -> this.checks.atLeast("streams.max-pending", pending, 0))
        .to(this.builder::maxPendingStreams);
    map.from(values.getStreams()::getPendingTimeout)
        .as(timeout -> this.checks.positiveOrNone("streams.pending-timeout", timeout))
        .to(this.builder::pendingStreamTimeout);
  }

  private void loadBalancingPolicy(String policy) {
    if (LoadBalancerRegistry.getDefaultRegistry().getProvider(policy) == null) {
      throw this.settings.invalid(
          "load-balancing-policy",
          policy,
          "There is no load-balancing policy of this name on the classpath."
              + " pick_first and round_robin are always available.");
    }
    this.builder.defaultLoadBalancingPolicy(policy);
  }

  private void neverIndexed(List<String> keys) {
    for (String key : keys) {
      try {
        this.builder.neverIndexedHeaders(List.of(key.strip()));
      } catch (IllegalArgumentException refused) {
        throw this.settings.invalid(
            "outbound.metadata.never-indexed",
            key,
            "'%s' is no key of metadata: letters, digits, '-', '_' and '.' only.".formatted(key));
      }
    }
  }

  private void authority(String authority) {
    try {
      this.builder.overrideAuthority(authority);
    } catch (IllegalArgumentException refused) {
      throw this.settings.invalid(
          "authority", authority, "It must be host or host:port in ASCII, without 'user@'.");
    }
  }

  /**
   * RFC 9110 section 5.5: a field value has no control characters; gRPC allows printable ASCII
   * only.
   */
  private void userAgent(String userAgent) {
    for (int i = 0; i < userAgent.length(); i++) {
      char c = userAgent.charAt(i);
      if (c < ' ' || c > '~') {
        throw this.settings.invalid(
            "user-agent",
            userAgent,
            "Character %d is 0x%02X; only printable ASCII can be sent.".formatted(i + 1, (int) c));
      }
    }
    this.builder.userAgent(userAgent);
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }
}
