// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static dev.clientconn.ClientConnSettings.check;

import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.concurrent.SharedThreads;
import dev.clientconn.internal.resolver.FactoryNameResolverProvider;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.transport.TransportListeners;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.BinaryLog;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.MetricSink;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link ClientConn}. Not safe for several threads; one builder may build several channels.
 *
 * <p>A target is {@code host:port}, {@code dns:///host:port}, {@code static://host1:port1,host2:port2}, {@code unix:///path},
 * {@code unix-abstract:name}, or any URI whose name resolver is on the class path. Connections use TLS unless {@link #usePlaintext()} or insecure credentials say
 * otherwise.
 */
public final class ClientConnBuilder extends HeaderOptions {
  private static final int MIN_WINDOW = 65_535;
  private static final int MAX_PORT = 65_535;

  private ClientConnBuilder(ClientConnSettings settings) {
    super(settings);
    InternalConfiguratorRegistry.configureChannelBuilder(this);
  }

  /**
   * A channel to {@code target} that uses TLS with the JVM's trust store, unless told otherwise.
   *
   * @param target what to connect to, see the class comment; it is understood when the channel is built
   */
  public static ClientConnBuilder forTarget(String target) {
    return new ClientConnBuilder(new ClientConnSettings(target, new SecuritySettings()));
  }

  /**
   * A channel to {@code target} with the security that {@code credentials} say; it cannot be changed afterwards.
   *
   * @param credentials {@code TlsChannelCredentials}, {@code InsecureChannelCredentials}, {@code
   *     CompositeChannelCredentials} over one of them, whose call credentials apply to every call ahead of the call's own,
   *     or {@code ChoiceChannelCredentials}, of which the first alternative of a known kind is used
   * @throws IllegalArgumentException for credentials of another kind, naming it
   */
  public static ClientConnBuilder forTarget(String target, ChannelCredentials credentials) {
    return new ClientConnBuilder(new ClientConnSettings(target, new SecuritySettings(credentials)));
  }

  /**
   * A channel to one host, looked up by DNS.
   *
   * @param host a name, an IPv4 or an IPv6 address, the latter with or without brackets
   * @param port 1 to 65535
   */
  public static ClientConnBuilder forAddress(String host, int port) {
    check(port, p -> p >= 1 && p <= MAX_PORT, "port", "from 1 to 65535");
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    return forTarget("dns:///" + (bare ? "[" + host + "]" : host) + ":" + port);
  }

  /** TLS context to use in place of the default; must be a client's and offer {@code h2} by ALPN. */
  public ClientConnBuilder sslContext(SslContext sslContext) {
    settings.security.use(sslContext);
    return this;
  }

  /** Makes the connections in place of the default dialer of TCP, unix sockets and proxies. */
  public ClientConnBuilder dialer(Dialer dialer) {
    settings.dialer = dialer;
    return this;
  }

  /**
   * Says through which HTTP proxy a server is reached, if any; asked where names are looked up, and may block. Default: what
   * {@code -Dhttps.proxyHost}, {@code HTTPS_PROXY} and {@code NO_PROXY}, or else Java's {@code ProxySelector} say, this
   * machine itself excepted; with a {@link #dialer} of the user's, none. {@code null} restores the default.
   */
  @Override
  public ClientConnBuilder proxyDetector(@Nullable ProxyDetector proxyDetector) {
    settings.proxyDetector = proxyDetector;
    return this;
  }

  /** Adds a listener of waits on this channel's connections. Those added before are called first. */
  public ClientConnBuilder transportListener(TransportListener listener) {
    settings.transportListener = TransportListeners.of(settings.transportListener, listener);
    return this;
  }

  /** How long an attempt to connect may take, TLS handshake and the peer's SETTINGS included. Positive; default 20 s. */
  public ClientConnBuilder connectTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("connectTimeout must be positive, but is " + timeout);
    }
    settings.connectTimeout = timeout;
    return this;
  }

  /** Initial receive window of each stream, bytes, 65,535 to 2^31-1. Default 1 MiB. */
  public ClientConnBuilder initialStreamWindow(int bytes) {
    settings.streamWindow =
        check(bytes, b -> b >= MIN_WINDOW, "initialStreamWindow", "from 65535 to 2147483647");
    return this;
  }

  /** Initial receive window of each connection, bytes, 65,535 to 2^31-1. Default 1 MiB. */
  public ClientConnBuilder initialConnectionWindow(int bytes) {
    settings.connectionWindow =
        check(bytes, b -> b >= MIN_WINDOW, "initialConnectionWindow", "from 65535 to 2147483647");
    return this;
  }

  /**
   * Whether receive windows grow, up to 16 MiB, to what the path to the server holds (its bandwidth-delay product).
   * Costs a ping now and then while much data arrives. Default true.
   */
  public ClientConnBuilder growWindows(boolean grow) {
    settings.growWindows = grow;
    return this;
  }

  /**
   * How many calls may wait for a stream slot on one connection before further ones fail; 0 or more. Default 65,536.
   */
  public ClientConnBuilder maxPendingStreams(int calls) {
    settings.maxPendingStreams = check(calls, c -> c >= 0, "maxPendingStreams", "0 or more");
    return this;
  }

  /** Runs listeners on the connection's event loop: fast, if none of them blocks. */
  @Override
  public ClientConnBuilder directExecutor() {
    return executor(Runnable::run);
  }

  /** Runs listeners of calls that bring no executor. {@code null} restores the default: one pool for all channels. */
  @Override
  public ClientConnBuilder executor(@Nullable Executor executor) {
    settings.executor = executor;
    return this;
  }

  /** Runs name look-ups and call credentials. {@code null} restores the default: one pool for all channels. */
  @Override
  public ClientConnBuilder offloadExecutor(@Nullable Executor executor) {
    settings.offloadExecutor = executor;
    return this;
  }

  /** Adds interceptors; the one added last sees a call first. */
  @Override
  public ClientConnBuilder intercept(List<ClientInterceptor> interceptors) {
    for (ClientInterceptor interceptor : interceptors) {
      Objects.requireNonNull(interceptor, "interceptor");
      settings.interceptors.add(target -> interceptor);
    }
    return this;
  }

  @Override
  public ClientConnBuilder intercept(ClientInterceptor... interceptors) {
    return intercept(List.of(interceptors));
  }

  /** The factory is called when the channel is built, with the canonical target: {@code dns:///host:port}, say. */
  @Override
  protected ClientConnBuilder interceptWithTarget(InterceptorFactory factory) {
    settings.interceptors.add(factory::newInterceptor);
    return this;
  }

  /** Records calls below all interceptors, as they go to the server. {@code null} removes it. */
  @Override
  public ClientConnBuilder setBinaryLog(@Nullable BinaryLog binaryLog) {
    settings.binaryLog = binaryLog;
    return this;
  }

  /**
   * Adds a filter of connections, called on their event loops: it must not block. What it returns are the attributes that
   * calls and credentials see. A filter that throws fails the connection; the next one is tried after the usual backoff.
   */
  @Override
  public ClientConnBuilder addTransportFilter(ClientTransportFilter filter) {
    settings.transportFilters.add(Objects.requireNonNull(filter, "filter"));
    return this;
  }

  @Override
  protected ClientConnBuilder addMetricSink(MetricSink metricSink) {
    settings.metricSinks.add(metricSink);
    return this;
  }

  /**
   * Replaces the target's authority: {@code :authority} of every call, and the name that TLS verifies.
   *
   * @param authority {@code host} or {@code host:port}, without user information; a name with other letters than ASCII as
   *     {@code xn--...}
   */
  @Override
  public ClientConnBuilder overrideAuthority(String authority) {
    settings.overrideAuthority(authority);
    return this;
  }

  @Override
  public ClientConnBuilder usePlaintext() {
    settings.security.usePlaintext();
    return this;
  }

  /** The default. */
  @Override
  public ClientConnBuilder useTransportSecurity() {
    settings.security.useTransportSecurity();
    return this;
  }

  /** The policy where no service config names one. Default {@code pick_first}. */
  @Override
  public ClientConnBuilder defaultLoadBalancingPolicy(String policy) {
    settings.defaultPolicy = policy;
    return this;
  }

  @Override
  public ClientConnBuilder decompressorRegistry(DecompressorRegistry registry) {
    settings.decompressors = registry;
    return this;
  }

  @Override
  public ClientConnBuilder compressorRegistry(CompressorRegistry registry) {
    settings.compressors = registry;
    return this;
  }

  /**
   * After how long without a call the channel closes its connections and stops resolving, until the next call. Default 30
   * minutes; less than 1 s counts as 1 s; 30 days and more mean never. It happens up to a quarter of the time later.
   */
  @Override
  public ClientConnBuilder idleTimeout(long value, TimeUnit unit) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          "idleTimeout must be positive, but is " + value + " " + unit);
    }
    settings.idleTimeoutNanos =
        unit.toDays(value) >= 30 ? 0 : Math.max(unit.toNanos(value), TimeUnit.SECONDS.toNanos(1));
    return this;
  }

  /**
   * The largest message that a call may receive, bytes after decompression. 0 or more; default 4 MiB. The service config
   * can lower a limit that is set here or by the call, and lower or raise the default.
   */
  @Override
  public ClientConnBuilder maxInboundMessageSize(int bytes) {
    settings.maxInboundMessageSize =
        check(bytes, b -> b >= 0, "maxInboundMessageSize", "0 or more");
    return this;
  }

  /**
   * Sends a ping after this much silence. Default: never; less than 10 s counts as 10 s, 1000 days and more as never. A
   * server that complains of too many pings doubles it for the connections that follow.
   */
  @Override
  public ClientConnBuilder keepAliveTime(long value, TimeUnit unit) {
    settings.keepalive.time(value, unit);
    return this;
  }

  /**
   * How long nothing may arrive after a keepalive ping before the connection counts as dead. Default 20 s; less than 10 ms
   * counts as 10 ms. Without {@link #keepAliveTime} it has no effect.
   */
  @Override
  public ClientConnBuilder keepAliveTimeout(long value, TimeUnit unit) {
    settings.keepalive.timeout(value, unit);
    return this;
  }

  /** Whether to ping while there are no calls, too. Default no; servers must allow it. */
  @Override
  public ClientConnBuilder keepAliveWithoutCalls(boolean enable) {
    settings.keepalive.withoutCalls(enable);
    return this;
  }

  /**
   * The service config where the name resolver sends none: maps, lists, strings, numbers, booleans and nulls, as a JSON
   * parser makes them. It is copied; its meaning is checked when the channel is built. {@code null} removes it.
   *
   * @throws IllegalArgumentException naming the place of a key or value that JSON does not have
   */
  @Override
  public ClientConnBuilder defaultServiceConfig(@Nullable Map<String, ?> serviceConfig) {
    settings.defaultServiceConfig =
        serviceConfig == null ? null : ServiceConfigParser.copyOfJson(serviceConfig);
    return this;
  }

  /** Ignores service configs of the name resolver. */
  @Override
  public ClientConnBuilder disableServiceConfigLookUp() {
    settings.lookUpServiceConfig = false;
    return this;
  }

  @Override
  public <X> ClientConnBuilder setNameResolverArg(NameResolver.Args.Key<X> key, X value) {
    settings.resolverArgs = settings.resolverArgs.andThen(args -> args.setArg(key, value));
    return this;
  }

  /**
   * Makes {@code factory} the channel's only source of name resolvers; its default scheme is the one of targets without a
   * scheme. {@code null} restores the default: the providers on the class path.
   *
   * @deprecated as in grpc-java: register a {@code NameResolverProvider} and name its scheme in the target
   */
  @Override
  @Deprecated
  public ClientConnBuilder nameResolverFactory(NameResolver.@Nullable Factory factory) {
    settings.resolvers = factory == null
        ? NameResolverRegistry.getDefaultRegistry()
        : FactoryNameResolverProvider.registryOf(factory);
    return this;
  }

  @Override
  ClientConnBuilder self() {
    return this;
  }

  /**
   * Builds the channel; it is idle and has done no I/O.
   *
   * @throws IllegalArgumentException if no resolver understands the target, the default service config is invalid or the
   *     default policy is unknown
   */
  @Override
  public ClientConn build() {
    return ClientConn.open(
        channelOptions(),
        settings.security.connector(transportOptions(), settings.dialer),
        SharedThreads.lease(settings.executor, settings.offloadExecutor));
  }

  ChannelOptions channelOptions() {
    return settings.channelOptions();
  }

  TransportOptions transportOptions() {
    return settings.transportOptions();
  }
}
