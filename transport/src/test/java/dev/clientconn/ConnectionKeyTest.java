// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.channel.FakeResolver;
import dev.clientconn.testing.TestMetricSink;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MetricSink;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares what the connections of two builders depend on. */
class ConnectionKeyTest {
  private static final String TARGET = "localhost:1";
  private static final NameResolver.Args.Key<String> ARGUMENT = NameResolver.Args.Key.create("a");
  private static final ReloadableTls RELOADABLE = ReloadableTls.of(sslContext());

  /** Options by the name of their method, each with a value that is not its default. */
  private static final Map<String, UnaryOperator<ClientConnBuilder>> OF_CONNECTIONS =
      new LinkedHashMap<>();

  static {
    SslContext context = sslContext();
    Dialer dialer = request -> {
      throw new AssertionError("no connection is made");
    };
    TransportListener listener = new TransportListener() {};
    ClientTransportFilter filter = new ClientTransportFilter() {};
    ProxyDetector proxies = address -> null;
    Executor offload = Runnable::run;
    MetricSink sink = new TestMetricSink() {};
    FakeResolver resolver = new FakeResolver();
    option("sslContext", b -> b.sslContext(context));
    option("tls", b -> b.tls(RELOADABLE));
    option("usePlaintext", ClientConnBuilder::usePlaintext);
    option("dialer", b -> b.dialer(dialer));
    option("transportListener", b -> b.transportListener(listener).transportListener(listener));
    option("addTransportFilter", b -> b.addTransportFilter(filter));
    option("connectTimeout", b -> b.connectTimeout(Duration.ofSeconds(3)));
    option("initialStreamWindow", b -> b.initialStreamWindow(70_000));
    option("initialConnectionWindow", b -> b.initialConnectionWindow(70_000));
    option("growWindows", b -> b.growWindows(false));
    option("maxPendingStreams", b -> b.maxPendingStreams(3));
    option("keepAliveTime", b -> b.keepAliveTime(3, TimeUnit.MINUTES));
    option("keepAliveTimeout", b -> keepalive(b).keepAliveTimeout(3, TimeUnit.SECONDS));
    option("keepAliveWithoutCalls", b -> keepalive(b).keepAliveWithoutCalls(true));
    option("userAgent", b -> b.userAgent("app"));
    option("maxInboundMetadataSize", b -> b.maxInboundMetadataSize(90));
    option("neverIndexedHeaders", b -> b.neverIndexedHeaders(List.of("x-pin")));
    option("overrideAuthority", b -> b.overrideAuthority("other:1"));
    option(
        "decompressorRegistry", b -> b.decompressorRegistry(DecompressorRegistry.emptyInstance()));
    option("maxConnectionsPerAddress", b -> b.maxConnectionsPerAddress(3));
    option("connectionIdleTimeout", b -> b.connectionIdleTimeout(Duration.ofSeconds(3)));
    option("pendingStreamTimeout", b -> b.pendingStreamTimeout(Duration.ofSeconds(3)));
    option("maxConnectionAge", b -> b.maxConnectionAge(Duration.ofSeconds(3)));
    option("maxConnectionAgeGrace", b -> b.maxConnectionAgeGrace(Duration.ofSeconds(3)));
    option("dnsRefreshInterval", b -> b.dnsRefreshInterval(Duration.ofSeconds(3)));
    option("dnsMinRefreshInterval", b -> b.dnsMinRefreshInterval(Duration.ofSeconds(3)));
    option("defaultServiceConfig", b -> b.defaultServiceConfig(Map.of("a", List.of(1.0))));
    option("disableServiceConfigLookUp", ClientConnBuilder::disableServiceConfigLookUp);
    option("proxyDetector", b -> b.proxyDetector(proxies));
    option("offloadExecutor", b -> b.offloadExecutor(offload));
    option("addMetricSink", b -> b.addMetricSink(sink));
    option("defaultLoadBalancingPolicy", b -> b.defaultLoadBalancingPolicy("round_robin"));
    option("idleTimeout", b -> b.idleTimeout(3, TimeUnit.MINUTES));
    option("setNameResolverArg", b -> b.setNameResolverArg(ARGUMENT, "value"));
    option("nameResolverFactory", b -> withFactory(b, resolver));
  }

  /** What calls alone depend on, and what changes nothing. */
  private static final Map<String, UnaryOperator<ClientConnBuilder>> OF_CALLS = Map.ofEntries(
      Map.entry("directExecutor", ClientConnBuilder::directExecutor),
      Map.entry("executor", b -> b.executor(Runnable::run)),
      Map.entry("intercept", b -> b.intercept(interceptor())),
      Map.entry("setBinaryLog", b -> b.setBinaryLog(null)),
      Map.entry("callReportListener", b -> b.callReportListener(report -> {})),
      Map.entry("maxInboundMessageSize", b -> b.maxInboundMessageSize(3)),
      Map.entry("maxTraceEvents", b -> b.maxTraceEvents(3)),
      Map.entry(
          "compressorRegistry", b -> b.compressorRegistry(CompressorRegistry.newEmptyInstance())),
      Map.entry("useTransportSecurity", ClientConnBuilder::useTransportSecurity),
      Map.entry("enableRetry", ClientConnBuilder::enableRetry),
      Map.entry("disableRetry", ClientConnBuilder::disableRetry),
      Map.entry("maxRetryAttempts", b -> b.maxRetryAttempts(3)),
      Map.entry("maxHedgedAttempts", b -> b.maxHedgedAttempts(3)),
      Map.entry("retryBufferSize", b -> b.retryBufferSize(3)),
      Map.entry("perRpcBufferLimit", b -> b.perRpcBufferLimit(3)));

  private static void option(String name, UnaryOperator<ClientConnBuilder> set) {
    OF_CONNECTIONS.put(name, set);
  }

  static Stream<String> ofConnections() {
    return OF_CONNECTIONS.keySet().stream();
  }

  static Stream<String> ofCalls() {
    return OF_CALLS.keySet().stream();
  }

  @Test
  void everyOptionIsListed() {
    // A method that newer versions of grpc-api add is of the superclass, and has no effect here.
    Set<String> options = Arrays.stream(ClientConnBuilder.class.getMethods())
        .filter(method -> method.getDeclaringClass() != ManagedChannelBuilder.class)
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> ManagedChannelBuilder.class.isAssignableFrom(method.getReturnType()))
        .map(Method::getName)
        .collect(Collectors.toSet());

    assertThat(Stream.concat(ofConnections(), ofCalls())).containsAll(options);
  }

  @ParameterizedTest
  @MethodSource("ofConnections")
  void optionOfConnectionsMakesAnotherKey(String name) {
    Object without = key(UnaryOperator.identity());

    assertThat(key(of(OF_CONNECTIONS, name))).isNotEqualTo(without);
  }

  @ParameterizedTest
  @MethodSource("ofConnections")
  void twoBuildersWithTheSameOptionHaveEqualKeys(String name) {
    assertThat(key(of(OF_CONNECTIONS, name))).isEqualTo(key(of(OF_CONNECTIONS, name)));
  }

  @Test
  void howKeepalivePingsCountsWhereItIsOn() {
    Object keepalive = key(ConnectionKeyTest::keepalive);

    assertThat(key(of(OF_CONNECTIONS, "keepAliveTimeout"))).isNotEqualTo(keepalive);
    assertThat(key(of(OF_CONNECTIONS, "keepAliveWithoutCalls"))).isNotEqualTo(keepalive);
    assertThat(key(b -> b.keepAliveTimeout(3, TimeUnit.SECONDS)))
        .as("without keepalive")
        .isEqualTo(key(UnaryOperator.identity()));
  }

  @ParameterizedTest
  @MethodSource("ofCalls")
  void optionOfCallsLeavesTheKey(String name) {
    assertThat(key(of(OF_CALLS, name))).isEqualTo(key(UnaryOperator.identity()));
  }

  @Test
  void sameChannelCredentialsHaveEqualKeys() {
    ChannelCredentials tls = TlsChannelCredentials.create();

    assertThat(keyOf(tls))
        .isEqualTo(keyOf(tls))
        .isNotEqualTo(keyOf(TlsChannelCredentials.create()));
    assertThat(keyOf(InsecureChannelCredentials.create()))
        .isEqualTo(keyOf(InsecureChannelCredentials.create()))
        .isNotEqualTo(keyOf(tls));
  }

  private static UnaryOperator<ClientConnBuilder> of(
      Map<String, UnaryOperator<ClientConnBuilder>> options, String name) {
    return Objects.requireNonNull(options.get(name));
  }

  private static Object key(UnaryOperator<ClientConnBuilder> option) {
    return option.apply(ClientConnBuilder.forTarget(TARGET)).configuration().connectionKey();
  }

  private static Object keyOf(ChannelCredentials credentials) {
    return ClientConnBuilder.forTarget(TARGET, credentials).configuration().connectionKey();
  }

  private static ClientConnBuilder keepalive(ClientConnBuilder builder) {
    return builder.keepAliveTime(3, TimeUnit.MINUTES);
  }

  @SuppressWarnings("deprecation") // still an option
  private static ClientConnBuilder withFactory(ClientConnBuilder builder, FakeResolver resolver) {
    return builder.nameResolverFactory(resolver);
  }

  private static ClientInterceptor interceptor() {
    return new ClientInterceptor() {
      @Override
      public <A, B> ClientCall<A, B> interceptCall(
          MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        return next.newCall(method, options);
      }
    };
  }

  private static SslContext sslContext() {
    try {
      return SslContextBuilder.forClient()
          .applicationProtocolConfig(new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
              ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
              "h2"))
          .build();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }
}
