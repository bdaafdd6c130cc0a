// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.interceptor.GlobalInterceptors;
import dev.clientconn.boot.autoconfigure.netdevh.Migration;
import dev.clientconn.boot.autoconfigure.observation.CallConvention;
import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;

/**
 * Holds the properties of gRPC clients as they are configured; a key that is not configured is
 * null. {@link InheritedSettings} adds the values that a target inherits from the defaults.
 */
@ConfigurationProperties("grpc.client")
public class GrpcClientProperties {

  /** Whether gRPC clients are auto-configured. */
  private boolean enabled = true;

  /**
   * What to do with keys of the starter of net.devh, which are directly below grpc.client: fail and
   * print the new lines, translate them, or ignore them.
   */
  private Migration migration = Migration.FAIL;

  private final SpringGrpc springGrpc = new SpringGrpc();

  /** Targets by name. Case and dashes of a name do not matter. */
  private final Map<String, Target> targets = new LinkedHashMap<>();

  @NestedConfigurationProperty
  private final GrpcClientSettings defaults = new GrpcClientSettings();

  private final Interceptors interceptors = new Interceptors();

  private final Observation observation = new Observation();

  private final Metrics metrics = new Metrics();

  private final Page page = new Page();

  private final Health health = new Health();

  public boolean isEnabled() {
    return this.enabled;
  }

  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  public Migration getMigration() {
    return this.migration;
  }

  public void setMigration(Migration migration) {
    this.migration = migration;
  }

  public SpringGrpc getSpringGrpc() {
    return this.springGrpc;
  }

  public Map<String, Target> getTargets() {
    return this.targets;
  }

  public GrpcClientSettings getDefaults() {
    return this.defaults;
  }

  public Interceptors getInterceptors() {
    return this.interceptors;
  }

  public Observation getObservation() {
    return this.observation;
  }

  public Metrics getMetrics() {
    return this.metrics;
  }

  public Page getPage() {
    return this.page;
  }

  public Health getHealth() {
    return this.health;
  }

  /** Interceptors of all clients. */
  public static class Interceptors {

    /** Which beans of type ClientInterceptor are applied to all clients. */
    private GlobalInterceptors global = GlobalInterceptors.ALL;

    public GlobalInterceptors getGlobal() {
      return this.global;
    }

    public void setGlobal(GlobalInterceptors global) {
      this.global = global;
    }
  }

  /** Health of targets. */
  public static class Health {

    /** Whether the health of targets is reported, if Spring Boot's health module is there. */
    private boolean enabled = true;

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }
  }

  /** Meters of the transport. */
  public static class Metrics {

    private final Delays delays = new Delays();

    public Delays getDelays() {
      return this.delays;
    }
  }

  /** Timer of what calls wait for. */
  public static class Delays {

    /**
     * Whether what each call has waited for is recorded in the timer
     * grpc.client.attempt.delay.duration. Each call is measured for it.
     */
    private boolean enabled;

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }
  }

  /** Observation of calls: their meters and spans. */
  public static class Observation {

    /** Whether calls are observed, if there is an ObservationRegistry. */
    private boolean enabled = true;

    /** Names and keys of the meters and spans of calls, unless a bean gives them. */
    private CallConvention convention = CallConvention.MICROMETER;

    /**
     * Whether the name of the target is a tag of the meters of calls, and not only of their spans.
     * True with the names of OpenTelemetry and false with those of Micrometer, if it is not set.
     */
    private @Nullable Boolean targetTag;

    private final Waits waits = new Waits();

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public CallConvention getConvention() {
      return this.convention;
    }

    public void setConvention(CallConvention convention) {
      this.convention = convention;
    }

    public @Nullable Boolean getTargetTag() {
      return this.targetTag;
    }

    public void setTargetTag(@Nullable Boolean targetTag) {
      this.targetTag = targetTag;
    }

    public Waits getWaits() {
      return this.waits;
    }
  }

  /** Events of spans for the waits of a call. */
  public static class Waits {

    /** Whether spans have an event for each cause that a call has waited for. */
    private boolean enabled = true;

    /**
     * Least time of a cause that gets an event. If a duration suffix is not specified, seconds will
     * be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private Duration threshold = Duration.ofMillis(10);

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public Duration getThreshold() {
      return this.threshold;
    }

    public void setThreshold(Duration threshold) {
      this.threshold = threshold;
    }
  }

  /** Web page that shows the clients while they work. */
  public static class Page {

    /** Whether the application serves a web page that shows its gRPC clients while they work. */
    private boolean enabled;

    /** Path of the page, below the context path of the application. */
    private String path = "/grpc-clients";

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public String getPath() {
      return this.path;
    }

    public void setPath(String path) {
      this.path = path;
    }
  }

  /** Spring Boot's own gRPC client. */
  public static class SpringGrpc {

    /**
     * Whether the clients of Spring Boot's gRPC client use the channels of this starter, and
     * spring.grpc.client.channel is read.
     */
    private boolean enabled = true;

    public boolean isEnabled() {
      return this.enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }
  }

  /** Settings of a server, or of a group of equivalent servers. */
  public static class Target extends GrpcClientSettings {

    /**
     * Address of the server, for example dns:///host:9090 or static://host1:9090,host2:9090. The
     * default port is 443 with TLS and 80 without TLS.
     */
    private @Nullable String address;

    /** Name of the server in requests and in its certificate, if it differs from the address. */
    private @Nullable String authority;

    public @Nullable String getAddress() {
      return this.address;
    }

    public void setAddress(@Nullable String address) {
      this.address = address;
    }

    public @Nullable String getAuthority() {
      return this.authority;
    }

    public void setAuthority(@Nullable String authority) {
      this.authority = authority;
    }
  }
}
