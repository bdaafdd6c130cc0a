// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.call.RetryOptions;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.FakeResolver;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.BinaryLog;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.CompositeChannelCredentials;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import io.grpc.ServerMethodDefinition;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClientConnBuilderTest {
  private final ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");

  @Test
  void tlsIsTheDefaultAndBringsItsPort() {
    assertThat(builder.configuration().options().defaultPort()).isEqualTo(443);
    assertThat(builder.configuration().options().credentials())
        .isInstanceOf(TlsChannelCredentials.class);
    assertThat(builder.usePlaintext().configuration().options().defaultPort()).isEqualTo(80);
    assertThat(builder.configuration().options().credentials())
        .isInstanceOf(InsecureChannelCredentials.class);
    assertThat(builder.useTransportSecurity().configuration().options().defaultPort())
        .isEqualTo(443);
  }

  @Conforms("C011")
  @Test
  void credentialsCannotBeChangedAfterwards() {
    ClientConnBuilder fixed =
        ClientConnBuilder.forTarget("localhost:1", TlsChannelCredentials.create());

    assertThatThrownBy(fixed::usePlaintext)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ClientConnBuilder.usePlaintext");
  }

  @Conforms("T009")
  @Test
  void compositeCredentialsGoInFrontOfTheCallsOwn() {
    List<String> applied = new ArrayList<>();
    ChannelCredentials composite = CompositeChannelCredentials.create(
        CompositeChannelCredentials.create(
            InsecureChannelCredentials.create(), credentials("inner", applied)),
        credentials("outer", applied));

    ChannelOptions options =
        ClientConnBuilder.forTarget("localhost:1", composite).configuration().options();
    CallCredentials callCredentials = options.callCredentials();
    assertThat(callCredentials).isNotNull();
    if (callCredentials != null) {
      callCredentials.applyRequestMetadata(
          new NoRequestInfo(), Runnable::run, new IgnoringApplier());
    }

    assertThat(applied).containsExactlyInAnyOrder("inner", "outer");
    assertThat(options.credentials()).isInstanceOf(InsecureChannelCredentials.class);
  }

  @Test
  void theFirstAlternativeOfAKnownKindIsUsed() {
    ChannelCredentials tls = TlsChannelCredentials.create();
    ChannelCredentials choice = ChoiceChannelCredentials.create(
        new UnknownCredentials(),
        CompositeChannelCredentials.create(
            ChoiceChannelCredentials.create(
                new UnknownCredentials(), InsecureChannelCredentials.create()),
            credentials("call", new ArrayList<>())),
        tls);

    ChannelOptions options =
        ClientConnBuilder.forTarget("localhost:1", choice).configuration().options();

    assertThat(options.credentials()).isInstanceOf(InsecureChannelCredentials.class);
    assertThat(options.callCredentials()).isNotNull();
    assertThat(options.defaultPort()).isEqualTo(80);
  }

  @Test
  void anAlternativeThatCannotBeReadIsNotPassedOver() throws Exception {
    ChannelCredentials unreadable = TlsChannelCredentials.newBuilder()
        .trustManager(new ByteArrayInputStream(new byte[] {1}))
        .build();
    ChannelCredentials choice =
        ChoiceChannelCredentials.create(unreadable, InsecureChannelCredentials.create());

    assertThatThrownBy(() -> ClientConnBuilder.forTarget("localhost:1", choice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trusted root certificates cannot be read");
  }

  @Test
  void aChoiceWithoutAKnownAlternativeIsRefused() {
    ChannelCredentials choice = ChoiceChannelCredentials.create(new UnknownCredentials());

    assertThatThrownBy(() -> ClientConnBuilder.forTarget("localhost:1", choice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(UnknownCredentials.class.getName());
  }

  private static final class UnknownCredentials extends ChannelCredentials {
    @Override
    public ChannelCredentials withoutBearerTokens() {
      return this;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "greeter, dns:///greeter:1",
    "10.0.0.1, dns:///10.0.0.1:1",
    "::1, dns:///[::1]:1",
    "[::1], dns:///[::1]:1",
    "static, dns:///static:1"
  })
  void addressesGoToDns(String host, String target) {
    assertThat(ClientConnBuilder.forAddress(host, 1)
            .configuration()
            .options()
            .target()
            .text())
        .isEqualTo(target);
  }

  @Test
  void interceptorFactoryThatReturnsNullIsNamed() {
    InternalManagedChannelBuilder.interceptWithTarget(builder, target -> null);

    assertThatThrownBy(builder::build)
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("An interceptor factory returned null for dns:///localhost:1: ")
        .hasMessageContaining("ClientConnBuilderTest");
  }

  @Conforms("C058")
  @Test
  void lastInterceptorSeesACallFirst() {
    List<String> seen = new ArrayList<>();
    builder.intercept(interceptor("first", seen)).intercept(List.of(interceptor("second", seen)));
    InternalManagedChannelBuilder.interceptWithTarget(builder, target -> interceptor(target, seen));
    ClientConn conn = builder.build();

    ClientCall<byte[], byte[]> call =
        conn.newCall(ByteMethods.unary("pkg.Greeter/Hello"), CallOptions.DEFAULT);

    assertThat(call).isNotNull();
    assertThat(seen).containsExactly("dns:///localhost:1", "second", "first");
    conn.shutdown();
  }

  @Conforms("T072")
  @Test
  void userAgentGoesInFrontOfTheLibrarys() {
    assertThat(builder.transportOptions().userAgent()).matches("grpc-java-clientconn/\\S+");
    assertThat(builder.userAgent("app/1").transportOptions().userAgent())
        .matches("app/1 grpc-java-clientconn/\\S+");
  }

  @Test
  void spacesAroundTheUserAgentAreNotSent() {
    assertThat(builder.userAgent(" app/1 ").transportOptions().userAgent())
        .matches("app/1 grpc-java-clientconn/\\S+");
  }

  @Test
  void neverIndexedHeadersAddUpInLowerCase() {
    builder.neverIndexedHeaders(List.of("X-Pin")).neverIndexedHeaders(Set.of("x-tan", "x-pin"));

    assertThat(builder.transportOptions().neverIndexedHeaders())
        .containsExactlyInAnyOrder("x-pin", "x-tan");
  }

  @Test
  void transportListenersAddUp() {
    List<String> seen = new ArrayList<>();
    for (String name : List.of("first", "second")) {
      builder.transportListener(new TransportListener() {
        @Override
        public void streamSlotWaited(WaitOutcome outcome, long nanos) {
          seen.add(name);
        }
      });
    }

    builder.transportOptions().listener().streamSlotWaited(WaitOutcome.GRANTED, 1);

    assertThat(seen).containsExactly("first", "second");
  }

  @Conforms("T073")
  @Test
  void advertisesTheEncodingsOfTheRegistry() {
    assertThat(builder.transportOptions().acceptEncoding()).isEqualTo("gzip");
    assertThat(builder
            .decompressorRegistry(DecompressorRegistry.emptyInstance())
            .transportOptions()
            .acceptEncoding())
        .isNull();
  }

  @Conforms("T190")
  @Test
  void keepaliveIsOffUntilItsTimeIsSetAndIsClamped() {
    builder.keepAliveTimeout(1, TimeUnit.MILLISECONDS).keepAliveWithoutCalls(true);
    assertThat(builder.transportOptions().keepalive()).isNull();

    builder.keepAliveTime(1, TimeUnit.SECONDS);
    assertThat(builder.transportOptions().keepalive())
        .usingRecursiveComparison()
        .isEqualTo(new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofMillis(10), true));
    builder.keepAliveTime(Long.MAX_VALUE, TimeUnit.DAYS);
    assertThat(builder.transportOptions().keepalive()).isNull();
  }

  @Conforms("C009")
  @Test
  void idleTimeoutIsClampedAndCanBeTurnedOff() {
    assertThat(builder.configuration().options().idleTimeoutNanos())
        .isEqualTo(TimeUnit.MINUTES.toNanos(30));
    assertThat(idle(1, TimeUnit.MILLISECONDS)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(idle(29, TimeUnit.DAYS)).isEqualTo(TimeUnit.DAYS.toNanos(29));
    assertThat(idle(30, TimeUnit.DAYS)).isZero();
  }

  @Test
  void laterChangesOfTheBuilderDoNotReachTheChannel() {
    ProxyDetector first = address -> null;
    ChannelOptions options = builder.proxyDetector(first).configuration().options();

    builder.proxyDetector(address -> null);

    assertThat(options.proxyDetector()).isSameAs(first);
  }

  @Conforms("T050")
  @Test
  void optionsReachTheTransport() {
    TransportOptions options = builder
        .connectTimeout(Duration.ofSeconds(3))
        .initialStreamWindow(70_000)
        .initialConnectionWindow(80_000)
        .maxInboundMetadataSize(90)
        .maxPendingStreams(5)
        .transportOptions();

    assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.streamWindow()).isEqualTo(70_000);
    assertThat(options.connectionWindow()).isEqualTo(80_000);
    assertThat(options.maxInboundMetadataSize()).isEqualTo(90);
    assertThat(options.maxPendingStreams()).isEqualTo(5);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("maxConnectionAge", b -> b.maxConnectionAge(Duration.ZERO)),
        mistake("maxConnectionAgeGrace", b -> b.maxConnectionAgeGrace(Duration.ofSeconds(-1))),
        mistake("dnsRefreshInterval", b -> b.dnsRefreshInterval(Duration.ZERO)),
        mistake("dnsMinRefreshInterval", b -> b.dnsMinRefreshInterval(Duration.ZERO)),
        mistake("connectTimeout", b -> b.connectTimeout(Duration.ZERO)),
        mistake("initialStreamWindow", b -> b.initialStreamWindow(65_534)),
        mistake("initialConnectionWindow", b -> b.initialConnectionWindow(65_534)),
        mistake("maxPendingStreams", b -> b.maxPendingStreams(-1)),
        mistake("maxInboundMessageSize", b -> b.maxInboundMessageSize(-1)),
        mistake("maxInboundMetadataSize", b -> b.maxInboundMetadataSize(0)),
        mistake("idleTimeout", b -> b.idleTimeout(0, TimeUnit.SECONDS)),
        mistake("keepAliveTime", b -> b.keepAliveTime(0, TimeUnit.SECONDS)),
        mistake("keepAliveTimeout", b -> b.keepAliveTimeout(-1, TimeUnit.SECONDS)),
        mistake("overrideAuthority", b -> b.overrideAuthority(" ")),
        mistake("'user@host'", b -> b.overrideAuthority("user@host")),
        mistake("'host/path'", b -> b.overrideAuthority("host/path")),
        mistake("in ASCII", b -> b.overrideAuthority("b\u00fccher.example")),
        mistake("in ASCII", b -> b.overrideAuthority("host\r\nx: y")),
        mistake(
            "userAgent has character 0x0a at index 3: only printable ASCII can be sent",
            b -> b.userAgent("app\n")),
        mistake("userAgent has character 0xfc at index 1", b -> b.userAgent("M\u00fcller/1")),
        mistake(
            "neverIndexedHeaders: 'x pin' has character 0x20 at index 1",
            b -> b.neverIndexedHeaders(List.of("x-ok", "x pin"))),
        mistake("':path' has character", b -> b.neverIndexedHeaders(List.of(":path"))),
        mistake("'' is empty", b -> b.neverIndexedHeaders(List.of(""))),
        mistake(
            "decompressorRegistry: the encoding 'z\nip' has character 0x0a at index 1",
            b -> b.decompressorRegistry(
                    DecompressorRegistry.emptyInstance().with(new OddCodec("z\nip"), true))
                .build()),
        mistake("maxTraceEvents", b -> b.maxTraceEvents(-1)),
        mistake("maxRetryAttempts must be 0 or more", b -> b.maxRetryAttempts(-1)),
        mistake("maxHedgedAttempts must be 0 or more", b -> b.maxHedgedAttempts(-1)),
        mistake("retryBufferSize", b -> b.retryBufferSize(0)),
        mistake("perRpcBufferLimit", b -> b.perRpcBufferLimit(0)),
        mistake("port", b -> ClientConnBuilder.forAddress("host", 65_536)),
        mistake(
            "no_such_policy",
            b -> b.defaultLoadBalancingPolicy("no_such_policy").build()),
        mistake(
            "methodConfig",
            b -> b.defaultServiceConfig(Map.of("methodConfig", 1.0)).build()),
        mistake(
            "serviceConfig.a[1].b must be",
            b -> b.defaultServiceConfig(Map.of("a", List.of(1, Map.of("b", Duration.ZERO))))),
        mistake(
            "serviceConfig.a has a key that is not a string: 1",
            b -> b.defaultServiceConfig(Map.of("a", Map.of(1, "b")))),
        mistake(
            "nosuchscheme",
            b -> ClientConnBuilder.forTarget("nosuchscheme:///x").build()),
        mistake(
            "'a' has no port", b -> ClientConnBuilder.forTarget("static://a").build()));
  }

  @Conforms("C011")
  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreNamed(String name, Consumer<ClientConnBuilder> use) {
    assertThatThrownBy(() -> use.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void optionsThatAreHintsAreAccepted() {
    ClientConn conn = builder.maxTraceEvents(0).setBinaryLog(null).build();

    assertThat(conn.shutdown().isTerminated()).isTrue();
  }

  @Test
  void retriesAreEnabledWithFiveAttemptsUntilSetOtherwise() {
    assertThat(builder.configuration().options().retries()).isEqualTo(RetryOptions.DEFAULT);

    builder.disableRetry().maxRetryAttempts(2).maxHedgedAttempts(3);

    assertThat(builder.configuration().options().retries())
        .isEqualTo(new RetryOptions(false, 2, 3, RetryBufferLimit.Limits.DEFAULT));
    assertThat(builder.enableRetry().configuration().options().retries().enabled())
        .isTrue();
  }

  @Test
  void whatIsKeptForRetriesHasALimitPerCallAndPerChannel() {
    assertThat(builder.configuration().options().retries().buffers())
        .isEqualTo(new RetryBufferLimit.Limits(1024 * 1024, 16 * 1024 * 1024));

    builder.perRpcBufferLimit(1).retryBufferSize(Long.MAX_VALUE);

    assertThat(builder.configuration().options().retries().buffers())
        .isEqualTo(new RetryBufferLimit.Limits(1, Long.MAX_VALUE));
  }

  @Test
  void binaryLogSeesCallsBelowTheInterceptors() {
    List<String> seen = new ArrayList<>();
    ClientConn conn = builder
        .intercept(interceptor("interceptor", seen))
        .setBinaryLog(new InterceptingLog(interceptor("log", seen)))
        .build();

    assertThat(conn.newCall(ByteMethods.unary("pkg.Greeter/Hello"), CallOptions.DEFAULT))
        .isNotNull();

    assertThat(seen).containsExactly("interceptor", "log");
    conn.shutdown();
  }

  @Test
  @SuppressWarnings("deprecation")
  void nameResolverFactoryIsTheOnlySourceOfResolvers() {
    FakeResolver fake = new FakeResolver();
    NameResolver.Factory factory = new NameResolver.Factory() {
      @Override
      public NameResolver newNameResolver(java.net.URI target, NameResolver.Args args) {
        return fake.newNameResolver(target, args);
      }

      @Override
      public String getDefaultScheme() {
        return "fake";
      }
    };

    ClientConn conn = builder.nameResolverFactory(factory).build();

    assertThat(conn.authority()).isEqualTo("server:1");
    assertThat(fake.resolvers).hasSize(1);
    conn.shutdown();
    assertThatThrownBy(() -> ClientConnBuilder.forTarget("dns:///localhost:1")
            .nameResolverFactory(factory)
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'dns'");
    assertThat(
            builder.nameResolverFactory(null).configuration().options().target().address())
        .isEqualTo("dns:///localhost:1");
  }

  @Test
  void defaultServiceConfigIsCopied() {
    Map<String, Object> method = new HashMap<>();
    method.put("name", List.of(Map.of("service", "pkg.Greeter")));
    method.put("maxResponseMessageBytes", 7);
    method.put("timeout", null);
    builder.defaultServiceConfig(Map.of("methodConfig", List.of(method)));

    method.put("maxResponseMessageBytes", 8);

    ServiceConfig config = builder.configuration().options().defaultServiceConfig();
    assertThat(config).isNotNull();
    if (config != null) {
      MethodConfig found = config.byService().get("pkg.Greeter");
      assertThat(found).isEqualTo(new MethodConfig(null, null, null, 7));
    }
  }

  private static Arguments mistake(String name, Consumer<ClientConnBuilder> use) {
    return Arguments.of(name, use);
  }

  private long idle(long value, TimeUnit unit) {
    return builder.idleTimeout(value, unit).configuration().options().idleTimeoutNanos();
  }

  private static ClientInterceptor interceptor(String name, List<String> seen) {
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        seen.add(name);
        return next.newCall(method, options);
      }
    };
  }

  private static CallCredentials credentials(String name, List<String> applied) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo info, Executor executor, MetadataApplier applier) {
        applied.add(name);
        applier.apply(new io.grpc.Metadata());
      }
    };
  }

  /** Logs no servers' calls. */
  private static final class InterceptingLog extends BinaryLog {
    private final ClientInterceptor interceptor;

    InterceptingLog(ClientInterceptor interceptor) {
      this.interceptor = interceptor;
    }

    @Override
    public Channel wrapChannel(Channel channel) {
      return ClientInterceptors.intercept(channel, interceptor);
    }

    @Override
    public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(
        ServerMethodDefinition<Q, R> method) {
      return method;
    }

    @Override
    public void close() {}
  }

  private record OddCodec(String name) implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return name;
    }

    @Override
    public InputStream decompress(InputStream stream) {
      return stream;
    }
  }

  private static final class IgnoringApplier extends CallCredentials.MetadataApplier {
    @Override
    public void apply(io.grpc.Metadata headers) {}

    @Override
    public void fail(io.grpc.Status status) {
      throw new AssertionError(status);
    }
  }

  private static final class NoRequestInfo extends CallCredentials.RequestInfo {
    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return ByteMethods.unary("pkg.Greeter/Hello");
    }

    @Override
    public io.grpc.@Nullable SecurityLevel getSecurityLevel() {
      return io.grpc.SecurityLevel.NONE;
    }

    @Override
    public String getAuthority() {
      return "localhost:1";
    }

    @Override
    public io.grpc.Attributes getTransportAttrs() {
      return io.grpc.Attributes.EMPTY;
    }
  }
}
