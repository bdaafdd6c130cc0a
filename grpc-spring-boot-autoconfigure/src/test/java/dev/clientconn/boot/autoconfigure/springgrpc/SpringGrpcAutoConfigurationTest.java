// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import io.grpc.health.v1.HealthGrpc.HealthStub;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.grpc.client.NettyGrpcChannelFactory;

@ExtendWith(OutputCaptureExtension.class)
class SpringGrpcAutoConfigurationTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          SslAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientInjectionAutoConfiguration.class,
          SpringGrpcAutoConfiguration.class,
          org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration.class,
          CompositeChannelFactoryAutoConfiguration.class))
      .withPropertyValues("spring.grpc.client.channel.orders.target=static://" + address());

  @Test
  void stubsOfATargetShareOneConnection() {
    this.runner.withUserConfiguration(ThreeStubs.class).run(context -> {
      check(context.getBean(HealthBlockingStub.class));
      check(HealthGrpc.newBlockingStub(context.getBean(HealthFutureStub.class).getChannel()));
      check(HealthGrpc.newBlockingStub(context.getBean(HealthStub.class).getChannel()));
      check(context.getBean(Injected.class).client);

      assertThat(this.server.connections.availablePermits()).isEqualTo(1);
      assertThat(context.getBean(ClientConnRegistry.class).channels()).containsOnlyKeys("orders");
      assertThat(context).doesNotHaveBean(NettyGrpcChannelFactory.class);
    });
  }

  @Test
  void switchLeavesTheChannelsToBoot() {
    this.runner
        .withPropertyValues("grpc.client.spring-grpc.enabled=false")
        .run(context -> assertThat(context)
            .hasSingleBean(NettyGrpcChannelFactory.class)
            .doesNotHaveBean(ClientConn.class));
  }

  @Test
  void backsOffWithoutBootsClient() {
    this.runner
        .withClassLoader(
            new FilteredClassLoader("org.springframework.grpc", "org.springframework.boot.grpc"))
        .withPropertyValues("spring.grpc.client.channel.orders.target=")
        .run(context -> assertThat(context).getFailure().isNotNull());
    new ApplicationContextRunner()
        .withClassLoader(
            new FilteredClassLoader("org.springframework.grpc", "org.springframework.boot.grpc"))
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, SpringGrpcAutoConfiguration.class))
        .run(context ->
            assertThat(context).hasNotFailed().doesNotHaveBean("clientConnChannelFactory"));
  }

  @Test
  void channelFactoryOfTheApplicationIsUsed() {
    GrpcChannelFactory own = new NettyGrpcChannelFactory(List.of(), noInterceptors());
    this.runner
        .withBean("own", GrpcChannelFactory.class, () -> own)
        .run(context -> assertThat(context)
            .doesNotHaveBean("clientConnChannelFactory")
            .getBeans(GrpcChannelFactory.class)
            .containsValue(own));
  }

  @Test
  void customizersRunOnceAndWin() {
    List<String> calls = new ArrayList<>();
    this.runner
        .withBean("customizer", GrpcChannelBuilderCustomizer.class, () -> onAny(calls))
        .run(context -> {
          context.getBean(GrpcChannelFactory.class).createChannel("orders");
          context.getBean(GrpcChannelFactory.class).createChannel("orders");
          assertThat(calls).containsExactly("orders");
        });
  }

  @Test
  void customizersForNettyAreSkippedWithOneWarning(CapturedOutput output) {
    this.runner.withUserConfiguration(NettyCustomizers.class).run(context -> {
      assertThat(context).hasNotFailed();
      check(stub(context.getBean(GrpcChannelFactory.class).createChannel("orders")));
      check(stub(context.getBean(GrpcChannelFactory.class).createChannel(address())));
    });
    assertThat(output.getOut())
        .containsOnlyOnce("GrpcChannelBuilderCustomizer bean 'ofMethod' is for"
            + " io.grpc.netty.NettyChannelBuilder and is not applied")
        .containsOnlyOnce("GrpcChannelBuilderCustomizer bean 'ofClass' is for")
        .contains("dev.clientconn.boot.ClientConnBuilderCustomizer");
  }

  @Test
  void customizersForThisBuilderRun() {
    List<String> calls = new ArrayList<>();
    this.runner
        .withBean("ours", GrpcChannelBuilderCustomizer.class, () -> new OfClientConnBuilder(calls))
        .run(context -> assertThat(calls).containsExactly("orders"));
  }

  @Test
  void clientWithACustomizerHasAChannelOfItsOwn() {
    this.runner.run(context -> {
      GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
      ManagedChannel own = factory.createChannel(
          "orders",
          ChannelBuilderOptions.defaults()
              .withCustomizer((String target, ClientConnBuilder builder) ->
                  builder.overrideAuthority("other:1"))
              .withShutdownGracePeriod(Duration.ofMillis(10)));

      assertThat(own.authority()).isEqualTo("other:1");
      assertThat(factory.createChannel("orders").authority()).isEqualTo(address());
      check(stub(own));
      assertThat(context.getBean(ClientConnRegistry.class).channels())
          .containsOnlyKeys("orders", "orders#1");
    });
  }

  @Test
  void channelThatItsClientHasShutDownIsForgottenWhenTheNextIsCreated() {
    this.runner.run(context -> {
      ClientConnRegistry registry = context.getBean(ClientConnRegistry.class);
      ManagedChannel first = ownChannel(context, List.of());
      ManagedChannel second = ownChannel(context, List.of(new Recorder("own", new ArrayList<>())));
      check(stub(second));
      assertThat(registry.channels()).containsOnlyKeys("orders", "orders#1", "orders#2");

      assertThat(first.shutdown().awaitTermination(1, TimeUnit.DAYS)).isTrue();
      assertThat(second.shutdown().awaitTermination(1, TimeUnit.DAYS)).isTrue();
      assertThat(second.getState(false)).isEqualTo(ConnectivityState.SHUTDOWN);
      ownChannel(context, List.of());

      assertThat(registry.channels()).containsOnlyKeys("orders", "orders#3");
    });
  }

  @Test
  void channelsOfAStoppedApplicationAreKeptForItsNextStartUnlessTheirClientHasShutThemDown() {
    this.runner.run(context -> {
      ClientConnRegistry registry = context.getBean(ClientConnRegistry.class);
      ManagedChannel first = ownChannel(context, List.of());
      ManagedChannel second = ownChannel(context, List.of());
      second.shutdown();

      context.stop();
      assertThat(first.awaitTermination(1, TimeUnit.DAYS)).isTrue();
      ownChannel(context, List.of());
      assertThat(registry.channels()).containsKeys("orders#1", "orders#2", "orders#3");

      context.start();
      check(stub(first));
      assertThat(second.isShutdown()).isTrue();
    });
  }

  private static ManagedChannel ownChannel(
      ApplicationContext context, List<ClientInterceptor> interceptors) {
    return context
        .getBean(GrpcChannelFactory.class)
        .createChannel(
            "orders",
            ChannelBuilderOptions.defaults()
                .withInterceptors(interceptors)
                .withShutdownGracePeriod(Duration.ofMillis(10)));
  }

  @Test
  void globalInterceptorsRunOnceAndOutsideOfThoseOfAClient() {
    List<String> calls = new ArrayList<>();
    this.runner
        .withBean("calls", List.class, () -> calls)
        .withUserConfiguration(Interceptors.class)
        .run(context -> {
          GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
          ClientInterceptor notGlobal = context.getBean("notGlobal", ClientInterceptor.class);
          check(stub(factory.createChannel("orders")));
          assertThat(calls).containsExactly("global");
          calls.clear();
          ChannelBuilderOptions options =
              ChannelBuilderOptions.defaults().withInterceptors(List.of(notGlobal));
          check(stub(factory.createChannel("orders", options)));
          assertThat(calls).containsExactly("global", "notGlobal");
          calls.clear();
          check(stub(factory.createChannel("orders", options.withInterceptorsMerge(true))));
          assertThat(calls).containsExactly("notGlobal", "global");
          calls.clear();
          check(stub(factory.createChannel(
              "orders", options.withShutdownGracePeriod(Duration.ofSeconds(1)))));
          assertThat(calls).containsExactly("global", "notGlobal");
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Interceptors {

    @Bean
    @GlobalClientInterceptor
    @Order(2)
    ClientInterceptor global(List<String> calls) {
      return new Recorder("global", calls);
    }

    @Bean
    ClientInterceptor notGlobal(List<String> calls) {
      return new OrderedRecorder(new Recorder("notGlobal", calls));
    }
  }

  @Order(1)
  private record OrderedRecorder(Recorder recorder) implements ClientInterceptor {

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return this.recorder.interceptCall(method, options, next);
    }
  }

  @Test
  void interceptorsOfAClientRunInItsOrder() {
    List<String> calls = new ArrayList<>();
    this.runner.run(context -> {
      ManagedChannel channel = context
          .getBean(GrpcChannelFactory.class)
          .createChannel(
              "orders",
              ChannelBuilderOptions.defaults()
                  .withInterceptors(
                      List.of(new Recorder("outer", calls), new Recorder("inner", calls))));
      check(stub(channel));
      assertThat(calls).containsExactly("outer", "inner");
      check(stub(context.getBean(GrpcChannelFactory.class).createChannel("orders")));
      assertThat(calls).hasSize(2);
      assertThat(this.server.connections.availablePermits()).isEqualTo(1);
    });
  }

  @Test
  void shutdownByOneClientIsAChangeOfItsState() {
    this.runner.run(context -> {
      ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel("orders");
      List<ConnectivityState> states = new ArrayList<>();
      channel.notifyWhenStateChanged(
          ConnectivityState.IDLE, () -> states.add(channel.getState(false)));

      channel.shutdown();
      channel.notifyWhenStateChanged(
          ConnectivityState.READY, () -> states.add(channel.getState(false)));

      assertThat(states).containsExactly(ConnectivityState.SHUTDOWN, ConnectivityState.SHUTDOWN);
    });
  }

  @Test
  void shutdownByOneClientDoesNotEndTheCallsOfOthers() {
    this.runner.run(context -> {
      GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
      ManagedChannel first = factory.createChannel("orders");
      ManagedChannel second = factory.createChannel("orders");
      first.shutdown();

      assertThat(first.awaitTermination(1, TimeUnit.DAYS)).isTrue();
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> check(stub(first)))
          .withMessageContaining("was shut down");
      check(stub(second));
    });
  }

  @Test
  void addressesThatAreNoTargetsWorkAsTheyDoInBoot() {
    this.runner.run(context -> {
      GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
      check(stub(factory.createChannel("static://" + address())));
      check(stub(factory.createChannel("static://" + address())));
      assertThat(this.server.connections.availablePermits()).isEqualTo(1);
      assertThat(factory.createChannel("dns:///remote.example:9090").authority())
          .isEqualTo("remote.example:9090");
      assertThat(factory.createChannel("default").authority()).isEqualTo("localhost:9090");
      assertThat(factory.createChannel("${nothing:orders}").authority()).isEqualTo(address());
    });
  }

  @Test
  void unknownNameIsReportedWhenTheClientIsCreated() {
    this.runner.run(context -> assertThatExceptionOfType(UnknownGrpcTargetException.class)
        .isThrownBy(() -> context.getBean(GrpcChannelFactory.class).createChannel("order"))
        .withMessageContaining("orders"));
  }

  @Test
  void importedClientOfAnUnknownTargetShowsTheTargets() {
    FailureAnalysis analysis = StartFailure.of(this.runner.withUserConfiguration(Misspelt.class));

    assertThat(analysis.getDescription())
        .isEqualTo("'order', the target of @ImportGrpcClients or of"
            + " GrpcChannelFactory.createChannel, is not the name of a gRPC target."
            + " Configured below grpc.client.targets: orders.");
    assertThat(analysis.getAction()).startsWith("Did you mean 'orders'?");
  }

  @Test
  void factoryCustomizersAreCalled() {
    List<GrpcChannelFactory> customized = new ArrayList<>();
    this.runner
        .withBean(GrpcChannelFactoryCustomizer.class, () -> customized::add)
        .run(context ->
            assertThat(customized).hasAtLeastOneElementOfType(ClientConnChannelFactory.class));
  }

  @Test
  void propertiesOfTheTargetApplyToClientsOfSpringGrpc() {
    this.runner
        .withPropertyValues("grpc.client.targets.orders.authority=shop:1")
        .run(context -> assertThat(context
                .getBean(GrpcChannelFactory.class)
                .createChannel("orders")
                .authority())
            .isEqualTo("shop:1"));
  }

  private String address() {
    return this.server.address();
  }

  private static org.springframework.grpc.client.ClientInterceptorsConfigurer noInterceptors() {
    return new org.springframework.grpc.client.ClientInterceptorsConfigurer(
        new org.springframework.context.support.GenericApplicationContext());
  }

  private static HealthBlockingStub stub(Channel channel) {
    return HealthGrpc.newBlockingStub(channel);
  }

  private static void check(HealthBlockingStub stub) {
    assertThat(stub.withDeadlineAfter(60, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
  }

  private static <T extends io.grpc.ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> onAny(
      List<String> calls) {
    return (target, builder) -> calls.add(target);
  }

  @Configuration(proxyBeanMethods = false)
  @ImportGrpcClients(
      target = "orders",
      types = {HealthBlockingStub.class, HealthFutureStub.class, HealthStub.class})
  static class ThreeStubs {

    @Bean
    Injected injected() {
      return new Injected();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportGrpcClients(target = "order", types = HealthBlockingStub.class)
  static class Misspelt {

    @Bean
    Runnable user(HealthBlockingStub client) {
      return () -> check(client);
    }
  }

  static class Injected {

    @GrpcClient("orders")
    HealthBlockingStub client = HealthGrpc.newBlockingStub(new NoChannel());
  }

  private static final class NoChannel extends Channel {

    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
      throw new IllegalStateException();
    }

    @Override
    public String authority() {
      return "none";
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NettyCustomizers {

    @Bean
    GrpcChannelBuilderCustomizer<NettyChannelBuilder> ofMethod() {
      return (target, builder) -> builder.flowControlWindow(70_000);
    }

    @Bean
    OfNettyBuilder ofClass() {
      return new OfNettyBuilder();
    }
  }

  static class OfNettyBuilder implements GrpcChannelBuilderCustomizer<NettyChannelBuilder> {

    @Override
    public void customize(String target, NettyChannelBuilder builder) {
      builder.flowControlWindow(70_000);
    }
  }

  private record OfClientConnBuilder(List<String> calls)
      implements GrpcChannelBuilderCustomizer<ClientConnBuilder> {

    @Override
    public void customize(String target, ClientConnBuilder builder) {
      this.calls.add(target);
    }
  }

  private record Recorder(String name, List<String> calls) implements ClientInterceptor {

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      this.calls.add(this.name);
      return next.newCall(method, options);
    }
  }
}
