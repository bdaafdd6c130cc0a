// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import io.grpc.LoadBalancerRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Applies the settings of a target to its builder. It rejects invalid values and names their key.
 */
final class SettingsMapper {

  private static final int SMALLEST_WINDOW = 65_535;

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
    applyConnections(values.getConnections(), values.getDns());
    applyLimits(values);
    applyCallDefaults(values);
  }

  private void applyTimes(Target values) {
    PropertyMapper map = PropertyMapper.get();
    map.from(values.getConnect()::getTimeout)
        .as(timeout -> this.checks.positive("connect.timeout", timeout))
        .to(this.builder::connectTimeout);
    map.from(values.getIdle()::getTimeout)
        .as(timeout -> this.checks.positive("idle.timeout", timeout))
        .to(idle -> this.builder.idleTimeout(nanos(idle), TimeUnit.NANOSECONDS));
    KeepaliveSettings keepalive = values.getKeepalive();
    Duration time = keepalive.getTime();
    if (time != null) {
      this.checks.atLeast(
          "keepalive.time",
          time,
          SHORTEST_KEEPALIVE,
          "10s: servers close connections that send pings too often");
      this.builder.keepAliveTime(nanos(time), TimeUnit.NANOSECONDS);
      map.from(keepalive::getTimeout)
          .as(timeout ->
              this.checks.atLeast("keepalive.timeout", timeout, SHORTEST_KEEPALIVE_TIMEOUT, "10ms"))
          .to(timeout -> this.builder.keepAliveTimeout(nanos(timeout), TimeUnit.NANOSECONDS));
      map.from(keepalive::getWithoutCalls).to(this.builder::keepAliveWithoutCalls);
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
        .as(age -> this.checks.atLeast("connections.max-age", age, SHORTEST_AGE, "1s"))
        .to(this.builder::maxConnectionAge);
    map.from(connections::getMaxAgeGrace)
        .as(grace -> this.checks.positive("connections.max-age-grace", grace))
        .to(this.builder::maxConnectionAgeGrace);
    map.from(dns::getRefreshInterval)
        .as(interval -> this.checks.positive("dns.refresh-interval", interval))
        .to(this.builder::dnsRefreshInterval);
    map.from(dns::getMinRefreshInterval)
        .as(interval -> this.checks.positive("dns.min-refresh-interval", interval))
        .to(this.builder::dnsMinRefreshInterval);
  }

  private void applyLimits(Target values) {
    InboundSettings inbound = values.getInbound();
    PropertyMapper map = PropertyMapper.get();
    // Only if it is configured: a service config can raise the default, but not a configured limit.
    map.from(inbound.getMessage()::getMaxSize)
        .as(size -> this.checks.bytes("inbound.message.max-size", size, 1))
        .to(this.builder::maxInboundMessageSize);
    map.from(inbound.getMetadata()::getMaxSize)
        .as(size -> this.checks.bytes("inbound.metadata.max-size", size, 1))
        .to(this.builder::maxInboundMetadataSize);
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
        .as(timeout -> this.checks.positive("streams.pending-timeout", timeout))
        .to(this.builder::pendingStreamTimeout);
  }

  private void applyCallDefaults(Target values) {
    Duration deadline = values.getDeadline();
    if (deadline != null) {
      this.checks.positive("deadline", deadline);
    }
    boolean waitForReady = Boolean.TRUE.equals(values.getWaitForReady());
    if (deadline != null || waitForReady) {
      this.builder.intercept(new CallDefaults(deadline, waitForReady));
    }
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
