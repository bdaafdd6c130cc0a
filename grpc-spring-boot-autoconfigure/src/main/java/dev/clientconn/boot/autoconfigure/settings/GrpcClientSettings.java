// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
   * 0 or not set. If a duration suffix is not specified, seconds will be used.
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
   * Comma-separated list of bean names of interceptors, in the order in which they run. They run
   * inside of those that are applied to all clients.
   */
  private @Nullable List<String> interceptors;

  /**
   * Metadata of every call, by key, unless the call has the key itself. Values of keys that end in
   * -bin are in Base64.
   */
  private @Nullable Map<String, List<String>> metadata;

  /** Codec that compresses requests, such as gzip, unless the call sets one itself. */
  private @Nullable String compression;

  /** Bean name of the Executor that runs the callbacks of calls. */
  private @Nullable String executor;

  /**
   * Service config (gRFC A2) in the keys of its JSON form, for when the name resolver sends none:
   * methodConfig, loadBalancingConfig, retryThrottling, connectionScaling.
   */
  private @Nullable Map<String, Object> serviceConfig;

  /** Location of a file with a service config as JSON, whose keys service-config replaces. */
  private @Nullable String serviceConfigLocation;

  /** Whether a service config of the name resolver replaces the configured one. */
  private @Nullable Boolean serviceConfigLookup;

  @NestedConfigurationProperty
  private final CredentialsSettings credentials = new CredentialsSettings();

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

  @NestedConfigurationProperty
  private final SslSettings ssl = new SslSettings();

  @NestedConfigurationProperty
  private final ConnectSettings connect = new ConnectSettings();

  @NestedConfigurationProperty
  private final IdleSettings idle = new IdleSettings();

  @NestedConfigurationProperty
  private final KeepaliveSettings keepalive = new KeepaliveSettings();

  @NestedConfigurationProperty
  private final InboundSettings inbound = new InboundSettings();

  @NestedConfigurationProperty
  private final OutboundSettings outbound = new OutboundSettings();

  @NestedConfigurationProperty
  private final ProxySettings proxy = new ProxySettings();

  @NestedConfigurationProperty
  private final FlowControlSettings flowControl = new FlowControlSettings();

  @NestedConfigurationProperty
  private final StreamsSettings streams = new StreamsSettings();

  @NestedConfigurationProperty
  private final ShutdownSettings shutdown = new ShutdownSettings();

  @NestedConfigurationProperty
  private final HealthSettings health = new HealthSettings();

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

  public @Nullable List<String> getInterceptors() {
    return this.interceptors;
  }

  public void setInterceptors(@Nullable List<String> interceptors) {
    this.interceptors = interceptors;
  }

  public @Nullable Map<String, List<String>> getMetadata() {
    return this.metadata;
  }

  public void setMetadata(@Nullable Map<String, List<String>> metadata) {
    this.metadata = metadata;
  }

  public @Nullable String getCompression() {
    return this.compression;
  }

  public void setCompression(@Nullable String compression) {
    this.compression = compression;
  }

  public @Nullable String getExecutor() {
    return this.executor;
  }

  public void setExecutor(@Nullable String executor) {
    this.executor = executor;
  }

  public CredentialsSettings getCredentials() {
    return this.credentials;
  }

  public @Nullable Map<String, Object> getServiceConfig() {
    return this.serviceConfig;
  }

  public void setServiceConfig(@Nullable Map<String, Object> serviceConfig) {
    this.serviceConfig = serviceConfig;
  }

  public @Nullable String getServiceConfigLocation() {
    return this.serviceConfigLocation;
  }

  public void setServiceConfigLocation(@Nullable String serviceConfigLocation) {
    this.serviceConfigLocation = serviceConfigLocation;
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

  public SslSettings getSsl() {
    return this.ssl;
  }

  public ConnectSettings getConnect() {
    return this.connect;
  }

  public IdleSettings getIdle() {
    return this.idle;
  }

  public KeepaliveSettings getKeepalive() {
    return this.keepalive;
  }

  public InboundSettings getInbound() {
    return this.inbound;
  }

  public OutboundSettings getOutbound() {
    return this.outbound;
  }

  public ProxySettings getProxy() {
    return this.proxy;
  }

  public FlowControlSettings getFlowControl() {
    return this.flowControl;
  }

  public StreamsSettings getStreams() {
    return this.streams;
  }

  public ShutdownSettings getShutdown() {
    return this.shutdown;
  }

  public HealthSettings getHealth() {
    return this.health;
  }
}
