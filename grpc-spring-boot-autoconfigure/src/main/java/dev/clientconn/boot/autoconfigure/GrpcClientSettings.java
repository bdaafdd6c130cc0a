// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;

/**
 * Settings that a target can have and inherits from the defaults if it does not. The comments of
 * the fields become the descriptions in the configuration metadata; the defaults are in the
 * additional metadata.
 */
public class GrpcClientSettings {

  /**
   * Deadline of every call that sets none itself, including streaming calls. No deadline if it is
   * not set. If a duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration deadline;

  /** Load-balancing policy: pick_first, round_robin, or another policy on the classpath. */
  private @Nullable String loadBalancingPolicy;

  /** Text in front of the default user agent. */
  private @Nullable String userAgent;

  /** Whether calls wait for a connection instead of failing while no connection is available. */
  private @Nullable Boolean waitForReady;

  /**
   * Service config (gRFC A2) in the keys of its JSON form, for when the name resolver sends none:
   * methodConfig, loadBalancingConfig, retryThrottling, connectionScaling.
   */
  private @Nullable Map<String, Object> serviceConfig;

  /** Whether a service config of the name resolver replaces the configured one. */
  private @Nullable Boolean serviceConfigLookup;

  @NestedConfigurationProperty
  private final RetrySettings retry = new RetrySettings();

  @NestedConfigurationProperty
  private final HedgingSettings hedging = new HedgingSettings();

  @NestedConfigurationProperty
  private final ThrottlingSettings throttling = new ThrottlingSettings();

  @NestedConfigurationProperty
  private final ConnectionsSettings connections = new ConnectionsSettings();

  @NestedConfigurationProperty
  private final DnsSettings dns = new DnsSettings();

  private final Ssl ssl = new Ssl();

  private final Connect connect = new Connect();

  private final Idle idle = new Idle();

  private final Keepalive keepalive = new Keepalive();

  @NestedConfigurationProperty
  private final InboundSettings inbound = new InboundSettings();

  @NestedConfigurationProperty
  private final FlowControlSettings flowControl = new FlowControlSettings();

  private final Streams streams = new Streams();

  private final Shutdown shutdown = new Shutdown();

  public @Nullable Duration getDeadline() {
    return this.deadline;
  }

  public void setDeadline(@Nullable Duration deadline) {
    this.deadline = deadline;
  }

  public @Nullable String getLoadBalancingPolicy() {
    return this.loadBalancingPolicy;
  }

  public void setLoadBalancingPolicy(@Nullable String loadBalancingPolicy) {
    this.loadBalancingPolicy = loadBalancingPolicy;
  }

  public @Nullable String getUserAgent() {
    return this.userAgent;
  }

  public void setUserAgent(@Nullable String userAgent) {
    this.userAgent = userAgent;
  }

  public @Nullable Boolean getWaitForReady() {
    return this.waitForReady;
  }

  public void setWaitForReady(@Nullable Boolean waitForReady) {
    this.waitForReady = waitForReady;
  }

  public @Nullable Map<String, Object> getServiceConfig() {
    return this.serviceConfig;
  }

  public void setServiceConfig(@Nullable Map<String, Object> serviceConfig) {
    this.serviceConfig = serviceConfig;
  }

  public @Nullable Boolean getServiceConfigLookup() {
    return this.serviceConfigLookup;
  }

  public void setServiceConfigLookup(@Nullable Boolean serviceConfigLookup) {
    this.serviceConfigLookup = serviceConfigLookup;
  }

  public RetrySettings getRetry() {
    return this.retry;
  }

  public HedgingSettings getHedging() {
    return this.hedging;
  }

  public ThrottlingSettings getThrottling() {
    return this.throttling;
  }

  public ConnectionsSettings getConnections() {
    return this.connections;
  }

  public DnsSettings getDns() {
    return this.dns;
  }

  public Ssl getSsl() {
    return this.ssl;
  }

  public Connect getConnect() {
    return this.connect;
  }

  public Idle getIdle() {
    return this.idle;
  }

  public Keepalive getKeepalive() {
    return this.keepalive;
  }

  public InboundSettings getInbound() {
    return this.inbound;
  }

  public FlowControlSettings getFlowControl() {
    return this.flowControl;
  }

  public Streams getStreams() {
    return this.streams;
  }

  public Shutdown getShutdown() {
    return this.shutdown;
  }

  /** Transport security. */
  public static class Ssl {

    /**
     * Whether to use TLS. Required for every target that is not on this machine, unless a bundle is
     * set.
     */
    private @Nullable Boolean enabled;

    /** Name of the SSL bundle with the certificates and keys. Implies TLS. */
    private @Nullable String bundle;

    public @Nullable Boolean getEnabled() {
      return this.enabled;
    }

    public void setEnabled(@Nullable Boolean enabled) {
      this.enabled = enabled;
    }

    public @Nullable String getBundle() {
      return this.bundle;
    }

    public void setBundle(@Nullable String bundle) {
      this.bundle = bundle;
    }
  }

  /** Connection attempts. */
  public static class Connect {

    /**
     * Time limit of one connection attempt, including the TLS handshake and the HTTP/2 settings. If
     * a duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    public @Nullable Duration getTimeout() {
      return this.timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
      this.timeout = timeout;
    }
  }

  /** Idle channels. */
  public static class Idle {

    /**
     * Time without calls after which the connections are closed. The next call connects again. If a
     * duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    public @Nullable Duration getTimeout() {
      return this.timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
      this.timeout = timeout;
    }
  }

  /** Pings that detect broken connections. */
  public static class Keepalive {

    /**
     * Time without received data after which a ping is sent, 10 seconds or more. No pings are sent
     * if it is not set. Many servers accept a ping every five minutes only. If a duration suffix is
     * not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration time;

    /**
     * Time to wait for the response to a ping before the connection is closed. If a duration
     * suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    /** Whether to send pings while there are no calls. */
    private @Nullable Boolean withoutCalls;

    public @Nullable Duration getTime() {
      return this.time;
    }

    public void setTime(@Nullable Duration time) {
      this.time = time;
    }

    public @Nullable Duration getTimeout() {
      return this.timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
      this.timeout = timeout;
    }

    public @Nullable Boolean getWithoutCalls() {
      return this.withoutCalls;
    }

    public void setWithoutCalls(@Nullable Boolean withoutCalls) {
      this.withoutCalls = withoutCalls;
    }
  }

  /** Stream slots. */
  public static class Streams {

    /** Number of calls that may wait for a stream slot of one address. Further calls fail. */
    private @Nullable Integer maxPending;

    /**
     * Time that a call waits for a stream slot before it fails. Until the deadline of the call if
     * it is not set. If a duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration pendingTimeout;

    public @Nullable Duration getPendingTimeout() {
      return this.pendingTimeout;
    }

    public void setPendingTimeout(@Nullable Duration pendingTimeout) {
      this.pendingTimeout = pendingTimeout;
    }

    public @Nullable Integer getMaxPending() {
      return this.maxPending;
    }

    public void setMaxPending(@Nullable Integer maxPending) {
      this.maxPending = maxPending;
    }
  }

  /** Shutdown of the application. */
  public static class Shutdown {

    /**
     * Time that calls in flight have to complete when the application stops. Zero cancels them at
     * once, a negative value waits without limit. If a duration suffix is not specified, seconds
     * will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration gracePeriod;

    public @Nullable Duration getGracePeriod() {
      return this.gracePeriod;
    }

    public void setGracePeriod(@Nullable Duration gracePeriod) {
      this.gracePeriod = gracePeriod;
    }
  }
}
