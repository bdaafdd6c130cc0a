// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * What a target may set for itself and inherits from the defaults where it does not. The comments
 * of the fields become the descriptions in the configuration metadata.
 */
public class GrpcClientSettings {

  /**
   * Deadline of every call that sets none itself, streaming calls included. No deadline when it is
   * not set. If a duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration deadline;

  /** Load-balancing policy: pick_first, round_robin, or another one on the classpath. */
  private @Nullable String loadBalancingPolicy;

  /** Text to put before the default user agent. */
  private @Nullable String userAgent;

  /** Whether calls wait for a connection instead of failing while there is none. */
  private @Nullable Boolean waitForReady;

  private final Ssl ssl = new Ssl();

  private final Connect connect = new Connect();

  private final Idle idle = new Idle();

  private final Keepalive keepalive = new Keepalive();

  private final Inbound inbound = new Inbound();

  private final FlowControl flowControl = new FlowControl();

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

  public Inbound getInbound() {
    return this.inbound;
  }

  public FlowControl getFlowControl() {
    return this.flowControl;
  }

  public Streams getStreams() {
    return this.streams;
  }

  public Shutdown getShutdown() {
    return this.shutdown;
  }

  /** Limits on what is received. */
  public static class Inbound {

    private final Message message = new Message();

    private final Metadata metadata = new Metadata();

    public Message getMessage() {
      return this.message;
    }

    public Metadata getMetadata() {
      return this.metadata;
    }

    /** Messages. */
    public static class Message {

      /**
       * Largest message that is accepted, after decompression. Without it 4MB, or what a service
       * config allows.
       */
      private @Nullable DataSize maxSize;

      public @Nullable DataSize getMaxSize() {
        return this.maxSize;
      }

      public void setMaxSize(@Nullable DataSize maxSize) {
        this.maxSize = maxSize;
      }
    }

    /** Headers and trailers. */
    public static class Metadata {

      /** Largest headers or trailers that are accepted, uncompressed. */
      private @Nullable DataSize maxSize;

      public @Nullable DataSize getMaxSize() {
        return this.maxSize;
      }

      public void setMaxSize(@Nullable DataSize maxSize) {
        this.maxSize = maxSize;
      }
    }
  }

  /** Transport security. */
  public static class Ssl {

    /**
     * Whether to use TLS. Needed for every target that is not on this machine, unless a bundle is
     * named.
     */
    private @Nullable Boolean enabled;

    /** Name of the SSL bundle with the certificates and keys to use. Implies TLS. */
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

  /** How connections are made. */
  public static class Connect {

    /**
     * Longest time for one attempt to connect, TLS handshake and HTTP/2 settings included. If a
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

  /** When an unused channel gives up its connections. */
  public static class Idle {

    /**
     * Time without calls after which the connections are closed. They are made again with the next
     * call. If a duration suffix is not specified, seconds will be used.
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

  /** Pings that tell a dead connection from a quiet one. */
  public static class Keepalive {

    /**
     * Time without received data after which a ping is sent, 10 seconds or more. No pings are sent
     * when it is not set; servers may refuse pings more often than every five minutes. If a
     * duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration time;

    /**
     * Time to wait for the answer to a ping before the connection counts as dead. If a duration
     * suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    /** Whether to send pings while there is no call. */
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

    /**
     * Number of calls that may wait for a stream slot on one connection before further ones fail.
     */
    private @Nullable Integer maxPending;

    public @Nullable Integer getMaxPending() {
      return this.maxPending;
    }

    public void setMaxPending(@Nullable Integer maxPending) {
      this.maxPending = maxPending;
    }
  }

  /** The end of the application. */
  public static class Shutdown {

    /**
     * Time that calls in flight get to finish when the application stops. Zero cancels them at
     * once, a negative value waits without end. If a duration suffix is not specified, seconds will
     * be used.
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

  /** Flow-control windows of received data. */
  public static class FlowControl {

    /** Initial receive window of each stream, 65535 bytes or more. */
    private @Nullable DataSize streamWindow;

    /** Receive window of each connection, 65535 bytes or more. */
    private @Nullable DataSize connectionWindow;

    /**
     * Whether the windows grow, up to 16MB, to what the path to the server holds.
     */
    private @Nullable Boolean grow;

    public @Nullable DataSize getStreamWindow() {
      return this.streamWindow;
    }

    public void setStreamWindow(@Nullable DataSize streamWindow) {
      this.streamWindow = streamWindow;
    }

    public @Nullable Boolean getGrow() {
      return this.grow;
    }

    public void setGrow(@Nullable Boolean grow) {
      this.grow = grow;
    }

    public @Nullable DataSize getConnectionWindow() {
      return this.connectionWindow;
    }

    public void setConnectionWindow(@Nullable DataSize connectionWindow) {
      this.connectionWindow = connectionWindow;
    }
  }
}
