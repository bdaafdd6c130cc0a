// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.SinkMetricRecorder;
import dev.clientconn.internal.resolver.DefaultProxyDetector;
import dev.clientconn.internal.resolver.TargetUri;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.wire.HeaderText;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.BinaryLog;
import io.grpc.ClientInterceptor;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.MetricSink;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a {@link ClientConnBuilder} was told, with the defaults, and how it becomes immutable options. */
final class ClientConnSettings {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** RFC 3986 section 3.2 without user information, which RFC 9113 section 8.3.1 forbids. */
  private static final Pattern AUTHORITY = Pattern.compile("[\\w.~!$&'()*+,;=:%\\[\\]-]+");

  private static final ProxyDetector SYSTEM_PROXIES = new DefaultProxyDetector();

  /** As it goes on the wire: all connections share it. */
  private static final AsciiString OWN_USER_AGENT = AsciiString.of(ownUserAgent());

  final String target;
  final SecuritySettings security;
  final KeepaliveSettings keepalive = new KeepaliveSettings();
  /** Each makes an interceptor for the canonical target. */
  final List<Function<String, ClientInterceptor>> interceptors = new ArrayList<>();

  final List<ClientTransportFilter> transportFilters = new ArrayList<>();
  final Set<String> neverIndexedHeaders = new HashSet<>();
  final List<MetricSink> metricSinks = new ArrayList<>();

  @Nullable
  Dialer dialer;

  @Nullable
  ProxyDetector proxyDetector;

  TransportListener transportListener = TransportListener.NONE;
  Duration connectTimeout = TransportOptions.DEFAULT_CONNECT_TIMEOUT;
  int streamWindow = TransportOptions.DEFAULT_WINDOW;
  int connectionWindow = TransportOptions.DEFAULT_WINDOW;
  boolean growWindows = true;
  int maxPendingStreams = TransportOptions.DEFAULT_MAX_PENDING_STREAMS;
  int maxInboundMetadataSize = TransportOptions.DEFAULT_MAX_INBOUND_METADATA_SIZE;

  @Nullable
  Integer maxInboundMessageSize;

  long perRpcBufferLimit = RetryBufferLimit.Limits.DEFAULT.perCall();
  long retryBufferSize = RetryBufferLimit.Limits.DEFAULT.perChannel();

  @Nullable
  BinaryLog binaryLog;

  @Nullable
  Executor executor;

  @Nullable
  Executor offloadExecutor;

  @Nullable
  String userAgent;

  @Nullable
  String authority;

  String defaultPolicy = "pick_first";

  @Nullable
  Map<String, ?> defaultServiceConfig;

  boolean lookUpServiceConfig = true;
  DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();
  CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();
  long idleTimeoutNanos = TimeUnit.MINUTES.toNanos(30);
  NameResolverRegistry resolvers = NameResolverRegistry.getDefaultRegistry();
  Consumer<NameResolver.Args.Builder> resolverArgs = args -> {};

  ClientConnSettings(String target, SecuritySettings security) {
    this.target = target;
    this.security = security;
  }

  static int check(int value, IntPredicate valid, String option, String wanted) {
    if (!valid.test(value)) {
      throw new IllegalArgumentException(option + " must be " + wanted + ", but is " + value);
    }
    return value;
  }

  void overrideAuthority(String override) {
    if (!AUTHORITY.matcher(override).matches()) {
      throw new IllegalArgumentException(
          "overrideAuthority must be host or host:port in ASCII, without 'user@', but is '"
              + override
              + "'");
    }
    authority = override;
  }

  ChannelOptions channelOptions() {
    ServiceConfigParser parser = new ServiceConfigParser(defaultPolicy);
    // Not inside the lambda, or the channel would keep these settings, and see later changes.
    ProxyDetector proxies = proxies();
    NameResolverRegistry registry = resolvers;
    TargetUri uri = TargetUri.parse(target, resolvers);
    return new ChannelOptions(
        uri,
        authority,
        security.credentials(),
        security.callCredentials(),
        security.isPlaintext() ? HTTP_PORT : HTTPS_PORT,
        parser,
        defaultServiceConfig == null ? null : parser.parse(defaultServiceConfig),
        lookUpServiceConfig,
        idleTimeoutNanos,
        maxInboundMessageSize,
        new RetryBufferLimit.Limits(perRpcBufferLimit, retryBufferSize),
        compressors,
        decompressors,
        interceptors.stream().map(made -> made.apply(uri.address())).toList(),
        binaryLog,
        new SinkMetricRecorder(metricSinks),
        resolverArgs.andThen(
            args -> args.setProxyDetector(proxies).setNameResolverRegistry(registry)));
  }

  /** A user's dialer has its own way to the server; only a user who says so puts a proxy in front of it. */
  private ProxyDetector proxies() {
    if (proxyDetector != null) {
      return proxyDetector;
    }
    return dialer == null ? SYSTEM_PROXIES : address -> null;
  }

  TransportOptions transportOptions() {
    return new TransportOptions(
        fullUserAgent(),
        advertised(decompressors.getAdvertisedMessageEncodings()),
        connectTimeout,
        streamWindow,
        connectionWindow,
        growWindows,
        maxInboundMetadataSize,
        Set.copyOf(neverIndexedHeaders),
        maxPendingStreams,
        keepalive.build(),
        List.copyOf(transportFilters),
        transportListener);
  }

  /** One name alone, which is the rule, is not copied. */
  private static @Nullable String advertised(Set<String> encodings) {
    for (String encoding : encodings) {
      String problem = HeaderText.problemOfName(encoding);
      if (problem != null) {
        throw new IllegalArgumentException(
            "decompressorRegistry: the encoding '" + encoding + "' " + problem);
      }
    }
    return encodings.stream().reduce((some, next) -> some + "," + next).orElse(null);
  }

  private CharSequence fullUserAgent() {
    return userAgent == null || userAgent.isBlank()
        ? OWN_USER_AGENT
        : AsciiString.of(userAgent + " " + OWN_USER_AGENT);
  }

  private static String ownUserAgent() {
    String version = ClientConn.class.getPackage().getImplementationVersion();
    return "grpc-java-clientconn/" + (version == null ? "dev" : version);
  }
}
