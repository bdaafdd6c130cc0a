// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.PolicyChannel;
import dev.clientconn.internal.concurrent.SharedThreads;
import dev.clientconn.internal.http2.Http2Connector;
import dev.clientconn.internal.http2.connect.CurrentTls;
import dev.clientconn.internal.resolver.TargetUri;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.telemetry.SinkMetricRecorder;
import dev.clientconn.internal.transport.ChannelDefaults;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.NameResolverRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link ClientConn}. Not safe for several threads; one builder may build several
 * channels, and changing it does not change those already built.
 *
 * <p>A target is {@code host:port}, {@code dns:///host:port}, {@code
 * static://host1:port1,host2:port2}, {@code unix:///path}, {@code unix-abstract:name}, or any URI
 * whose name resolver is on the class path. Connections use TLS unless {@link #usePlaintext()} or
 * insecure credentials say otherwise.
 */
public class ClientConnBuilder extends ResolverOptionsBuilder<ClientConnBuilder> {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;
  private static final long NEVER_IDLE_DAYS = 30;

  private final String target;
  private final List<InterceptorFactory> interceptors = new ArrayList<>();
  private @Nullable Executor executor;
  private @Nullable Executor offloadExecutor;
  private String defaultPolicy = ChannelDefaults.LOAD_BALANCING_POLICY;
  private Duration idleTimeout = ChannelDefaults.IDLE_TIMEOUT;
  private @Nullable Integer maxInboundMessageSize;
  private @Nullable ChildChannelOptions childOptions;
  private Consumer<PolicyChannel> onBuilt = built -> {};

  ClientConnBuilder(String target, ChannelSecurity security) {
    super(security);
    this.target = target;
  }

  private static ClientConnBuilder newBuilder(String target, ChannelSecurity security) {
    ChildConfiguratorMethods methods = ChildConfiguratorMethods.PRESENT;
    ClientConnBuilder builder = methods == null
        ? new ClientConnBuilder(target, security)
        : ChildConfiguratorBuilder.create(target, security, methods);
    InternalConfiguratorRegistry.configureChannelBuilder(builder);
    return builder;
  }

  /**
   * Begins a channel to {@code target} that uses TLS with the JVM's trust store unless an option
   * changes that.
   *
   * @param target what to connect to, see the class comment; parsed by {@link #build}
   * @return a builder with the defaults
   */
  public static ClientConnBuilder forTarget(String target) {
    return newBuilder(target, ChannelSecurity.defaultTls());
  }

  /**
   * Begins a channel to {@code target} whose security the credentials decide; it cannot be changed
   * afterwards.
   *
   * @param target what to connect to, see the class comment; parsed by {@link #build}
   * @param credentials {@code TlsChannelCredentials}, {@code InsecureChannelCredentials},
   *     {@code CompositeChannelCredentials} over one of them, whose call credentials apply to every
   *     call ahead of the call's own, or {@code ChoiceChannelCredentials}, of which the first
   *     alternative of a known kind is used
   * @return a builder with the defaults
   * @throws IllegalArgumentException for credentials of another kind, naming it
   */
  public static ClientConnBuilder forTarget(String target, ChannelCredentials credentials) {
    return newBuilder(target, ChannelSecurity.of(credentials));
  }

  /**
   * Begins a channel of a load-balancing policy.
   *
   * @param onBuilt called with each channel that is built
   */
  private static ClientConnBuilder forPolicy(
      String target, ChannelSecurity security, Consumer<PolicyChannel> onBuilt) {
    ClientConnBuilder builder = newBuilder(target, security);
    builder.onBuilt = onBuilt;
    return builder;
  }

  /**
   * Begins a channel to one host, looked up by DNS.
   *
   * @param host a name, an IPv4 or an IPv6 address, the latter with or without brackets
   * @param port 1 to 65535
   * @return a builder with the defaults
   * @throws IllegalArgumentException for another port
   */
  public static ClientConnBuilder forAddress(String host, int port) {
    OptionChecks.inRange(1, MAX_PORT, port, "port", "from 1 to 65535");
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    return forTarget("dns:///" + (bare ? "[" + host + "]" : host) + ":" + port);
  }

  /** Runs listeners on the connection's event loop: fast, but none of them may block. */
  @Override
  public ClientConnBuilder directExecutor() {
    return executor(Runnable::run);
  }

  /**
   * Sets where the listeners of calls run that bring no executor of their own.
   *
   * @param executor {@code null} restores the default: one pool of daemon threads for all channels
   */
  @Override
  public ClientConnBuilder executor(@Nullable Executor executor) {
    this.executor = executor;
    return this;
  }

  /**
   * Sets where name resolution and call credentials run, which may block.
   *
   * @param executor {@code null} restores the default: one pool of daemon threads for all channels
   */
  @Override
  public ClientConnBuilder offloadExecutor(@Nullable Executor executor) {
    offloadExecutor = executor;
    return this;
  }

  /** Adds interceptors; the one added last sees a call first. */
  @Override
  public ClientConnBuilder intercept(List<ClientInterceptor> interceptors) {
    for (ClientInterceptor interceptor : interceptors) {
      Objects.requireNonNull(interceptor, "interceptor");
      this.interceptors.add(canonicalTarget -> interceptor);
    }
    return this;
  }

  /** Adds interceptors; the one added last sees a call first. */
  @Override
  public ClientConnBuilder intercept(ClientInterceptor... interceptors) {
    return intercept(List.of(interceptors));
  }

  /**
   * The factory is called by {@link #build}, with the canonical target: {@code dns:///host:port}.
   */
  @Override
  protected ClientConnBuilder interceptWithTarget(InterceptorFactory factory) {
    interceptors.add(factory);
    return this;
  }

  /** Sets the policy for when no service config names one. Default {@code pick_first}. */
  @Override
  public ClientConnBuilder defaultLoadBalancingPolicy(String policy) {
    defaultPolicy = policy;
    return this;
  }

  /**
   * Sets after how long without a call the channel closes its connections and stops resolving,
   * until the next call. It happens up to a quarter of the time later.
   *
   * @param value positive; 30 minutes by default. Less than 1 s counts as 1 s, 30 days and more as
   *     never
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public ClientConnBuilder idleTimeout(long value, TimeUnit unit) {
    Duration timeout = OptionChecks.positive(value, unit, "idleTimeout");
    idleTimeout = unit.toDays(value) >= NEVER_IDLE_DAYS
        ? Duration.ZERO
        : OptionChecks.max(timeout, ChannelDefaults.MIN_IDLE_TIMEOUT);
    return this;
  }

  /**
   * Limits the messages that a call may receive. The service config can lower a limit that is set
   * here or by the call, and lower or raise the default.
   *
   * @param bytes after decompression, 0 or more; 4 MiB by default
   * @throws IllegalArgumentException for less than 0
   */
  @Override
  public ClientConnBuilder maxInboundMessageSize(int bytes) {
    maxInboundMessageSize = OptionChecks.atLeast(0, bytes, "maxInboundMessageSize", "0 or more");
    return this;
  }

  /** Replaces what configures the channels that the channel opens for itself. */
  final ClientConnBuilder childOptions(ChildChannelOptions options) {
    childOptions = options;
    return this;
  }

  @Override
  ClientConnBuilder self() {
    return this;
  }

  /**
   * Builds the channel; it is idle and has done no I/O.
   *
   * @throws IllegalArgumentException if no resolver understands the target, the default service
   *     config is invalid, the default policy is unknown, or the TLS credentials cannot be used
   */
  @Override
  public ClientConn build() {
    ClientConn built = ClientConn.open(configuration());
    onBuilt.accept(built.asPolicyChannel());
    return built;
  }

  /**
   * Gives a channel this configuration while it is used, as {@link ClientConn} describes. What this
   * builder does not set has its default, whatever the channel had before. Does not block. Where
   * configurations follow each other faster than they connect, the last one counts. Where a policy
   * or name resolver of the configuration throws later, that is logged; a channel that has another
   * one in force goes on with it, and applying the same configuration again tries it again.
   *
   * @param channel may have been built by any builder
   * @return whether it has the configuration; false if it is shut down
   * @throws IllegalArgumentException as {@link #build}; the channel keeps its configuration
   */
  public boolean applyTo(ClientConn channel) {
    return channel.reconfigure(configuration());
  }

  /** Reads this builder: what it says later has no effect on the configuration. */
  ChannelConfiguration configuration() {
    TransportOptions transport = transportOptions();
    ChannelOptions options = channelOptions(transport);
    CurrentTls tls = security().currentTls();
    Dialer dialer = dialer();
    Executor own = executor;
    Executor offload = offloadExecutor;
    return new ChannelConfiguration(
        options,
        () -> Http2Connector.create(transport, tls, dialer),
        () -> SharedThreads.lease(own, offload),
        connectionKey(transport));
  }

  /**
   * Has every option of connections, name resolution and load balancing. A channel retains it: for
   * the sake of its size it consists of what the channel retains anyway.
   */
  private List<@Nullable Object> connectionKey(TransportOptions transport) {
    return Arrays.asList(
        security().key(),
        dialer(),
        authority(),
        transport,
        target,
        defaultPolicy,
        idleTimeout,
        offloadExecutor,
        resolverKey(),
        childOptions,
        metricSinks(),
        scalingOptions(),
        connectionOptions(),
        resolutionOptions(),
        serviceConfigKey());
  }

  private ChannelOptions channelOptions(TransportOptions transport) {
    ServiceConfigParser parser = new ServiceConfigParser(defaultPolicy);
    NameResolverRegistry resolvers = resolvers();
    TargetUri uri = TargetUri.parse(target, resolvers);
    return new ChannelOptions(
        uri,
        authority(),
        security().credentials(),
        security().callCredentials(),
        security().isPlaintext() ? HTTP_PORT : HTTPS_PORT,
        parser,
        defaultServiceConfig(parser),
        looksUpServiceConfig(),
        idleTimeout.toNanos(),
        connectionOptions(),
        scalingOptions(),
        resolutionOptions(),
        maxInboundMessageSize,
        retryOptions(),
        compressors(),
        decompressors(),
        interceptorsFor(uri.address()),
        binaryLog(),
        new SinkMetricRecorder(metricSinks()),
        proxies(),
        resolvers,
        resolverArgs(childOptions),
        policyChannels(transport),
        reportListeners());
  }

  private PolicyChannelBuilders policyChannels(TransportOptions transport) {
    return new PolicyChannelBuilders(
        ClientConnBuilder::forPolicy,
        security(),
        transport,
        dialer(),
        userAgent(),
        offloadExecutor,
        configuredProxies(),
        resolverFactory(),
        childOptions);
  }

  private List<ClientInterceptor> interceptorsFor(String canonicalTarget) {
    List<ClientInterceptor> made = new ArrayList<>();
    for (InterceptorFactory factory : interceptors) {
      ClientInterceptor interceptor = factory.newInterceptor(canonicalTarget);
      if (interceptor == null) {
        throw new NullPointerException(
            "An interceptor factory returned null for " + canonicalTarget + ": " + factory);
      }
      made.add(interceptor);
    }
    return List.copyOf(made);
  }
}
