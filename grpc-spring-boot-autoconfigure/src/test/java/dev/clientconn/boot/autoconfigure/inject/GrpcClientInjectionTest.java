// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthBlockingV2Stub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import io.grpc.health.v1.HealthGrpc.HealthStub;
import io.grpc.stub.StreamObserver;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.GenericBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

@NullUnmarked
class GrpcClientInjectionTest {

  private static final HealthCheckRequest REQUEST = HealthCheckRequest.getDefaultInstance();

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.greeter.address=" + this.server.address(),
          "grpc.client.targets.order-service.address=" + this.server.address());

  @Test
  void stubsOfAllKindsReachTheServer() {
    this.runner.withUserConfiguration(AllKinds.class).run(context -> {
      AllKinds stubs = context.getBean(AllKinds.class);
      assertThat(stubs.blocking.check(REQUEST)).isEqualTo(HealthServer.serving());
      assertThat(stubs.blockingV2.check(REQUEST)).isEqualTo(HealthServer.serving());
      assertThat(stubs.future.check(REQUEST).get(60, TimeUnit.SECONDS))
          .isEqualTo(HealthServer.serving());
      assertThat(answer(stubs.async).get(60, TimeUnit.SECONDS)).isEqualTo(HealthServer.serving());
    });
  }

  @Test
  void channelsOfAllTypesAreTheOneOfTheTarget() {
    this.runner.withUserConfiguration(Channels.class).run(context -> {
      Channels channels = context.getBean(Channels.class);
      Object bean = context.getBean("order-serviceClientConn");
      assertThat(channels.conn).isSameAs(bean);
      assertThat(channels.managed).isSameAs(bean);
      assertThat(channels.channel).isSameAs(bean);
      assertThat(channels.otherSpelling).isSameAs(bean);
      assertThat(context.getBean(ClientConnRegistry.class).channels())
          .containsOnlyKeys("greeter", "order-service");
    });
  }

  @Test
  void everyStyleOfInjectionWorks() {
    this.runner
        .withUserConfiguration(
            ByField.class, BySetter.class, ByConstructor.class, ByBeanMethod.class)
        .run(context -> {
          HealthBlockingStub field = context.getBean(ByField.class).stub;
          assertThat(field.check(REQUEST)).isEqualTo(HealthServer.serving());
          assertThat(context.getBean(BySetter.class).stub).isSameAs(field);
          assertThat(context.getBean(ByConstructor.class).stub).isSameAs(field);
          assertThat(context.getBean(ByBeanMethod.Holder.class).stub()).isSameAs(field);
        });
  }

  @Test
  void configurationClassWithProxiesIsInjectedByConstructor() {
    this.runner
        .withUserConfiguration(ProxiedConfiguration.class)
        .run(context -> assertThat(
                context.getBean(ProxiedConfiguration.class).stub.check(REQUEST))
            .isEqualTo(HealthServer.serving()));
  }

  @Test
  void optionalAndProviderHoldTheStub() {
    this.runner.withUserConfiguration(Wrapped.class).run(context -> {
      Wrapped wrapped = context.getBean(Wrapped.class);
      assertThat(wrapped.optional).isPresent();
      assertThat(wrapped.provider.getObject().check(REQUEST)).isEqualTo(HealthServer.serving());
      assertThat(wrapped.unknownOptional).isEmpty();
      assertThat(wrapped.unknownProvider.getIfAvailable()).isNull();
    });
  }

  @Test
  void placeholderNamesTheTarget() {
    this.runner
        .withPropertyValues("which=orderService")
        .withUserConfiguration(ByPlaceholder.class)
        .run(context -> assertThat(context.getBean(ByPlaceholder.class).stub.getChannel())
            .isSameAs(context.getBean("order-serviceClientConn")));
  }

  @Test
  void composedAnnotationInjects() {
    this.runner
        .withUserConfiguration(ByComposedAnnotation.class)
        .run(context -> assertThat(
                context.getBean(ByComposedAnnotation.class).stub.check(REQUEST))
            .isEqualTo(HealthServer.serving()));
  }

  @Test
  void fieldOfAGenericSuperclassIsResolved() {
    this.runner
        .withUserConfiguration(GenericChild.class)
        .run(context -> assertThat(context.getBean(GenericChild.class).stub.check(REQUEST))
            .isEqualTo(HealthServer.serving()));
  }

  @Test
  void addressInPlaceOfANameBecomesAChannel() {
    this.runner
        .withPropertyValues("server=" + this.server.address())
        .withUserConfiguration(ByAddress.class)
        .run(context -> {
          assertThat(context.getBean(ByAddress.class).stub.check(REQUEST))
              .isEqualTo(HealthServer.serving());
          assertThat(context.getBean(ClientConnRegistry.class).channels())
              .containsKey("dns:///" + this.server.address());
        });
  }

  @Test
  void stubsAreInvisibleToPlainInjection() {
    this.runner.withUserConfiguration(ByField.class, Plain.class).run(context -> {
      assertThat(context.getBean(ByField.class).stub).isNotNull();
      assertThat(context.getBean(Plain.class).stub).isEmpty();
    });
  }

  @Test
  void definitionWhoseClassIsMissingIsPassedOver() {
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    GenericBeanDefinition missing = new GenericBeanDefinition();
    missing.setBeanClassName("no.such.Type");
    beans.registerBeanDefinition("missing", missing);
    beans.registerBeanDefinition("asking", new RootBeanDefinition(ByField.class));
    StandardEnvironment environment = new StandardEnvironment();
    TestPropertyValues.of("grpc.client.targets.greeter.address=localhost:1").applyTo(environment);

    new GrpcClientBeanRegistrar(environment).postProcessBeanFactory(beans);

    assertThat(beans.getBeanDefinitionNames())
        .contains("grpcClient:greeter:" + HealthBlockingStub.class.getName());
  }

  @Test
  void stubUsesTheChannelBeanOfTheApplication() {
    this.runner
        .withUserConfiguration(OwnChannel.class, ByField.class, ByChannel.class)
        .run(context -> {
          Object own = context.getBean("greeterClientConn");
          assertThat(context.getBean(ByField.class).stub.getChannel()).isSameAs(own);
          assertThat(context.getBean(ByChannel.class).channel).isSameAs(own);
        });
  }

  @Test
  void stubWithAPublicConstructorOnlyIsMade() {
    assertThat(StubMaker.find(HandWrittenStub.class)).isPresent();
  }

  private static CompletableFuture<HealthCheckResponse> answer(HealthStub stub) {
    CompletableFuture<HealthCheckResponse> answer = new CompletableFuture<>();
    stub.check(REQUEST, new StreamObserver<>() {
      @Override
      public void onNext(HealthCheckResponse value) {
        answer.complete(value);
      }

      @Override
      public void onError(Throwable t) {
        answer.completeExceptionally(t);
      }

      @Override
      public void onCompleted() {}
    });
    return answer;
  }

  static class AllKinds {

    @GrpcClient("greeter")
    private HealthBlockingStub blocking;

    @GrpcClient("greeter")
    private HealthBlockingV2Stub blockingV2;

    @GrpcClient("greeter")
    private HealthFutureStub future;

    @GrpcClient("greeter")
    private HealthStub async;
  }

  static class Channels {

    @GrpcClient("order-service")
    private ClientConn conn;

    @GrpcClient("order-service")
    private ManagedChannel managed;

    @GrpcClient("order-service")
    private Channel channel;

    @GrpcClient("OrderService")
    private Channel otherSpelling;
  }

  static class ByField {

    @GrpcClient("greeter")
    private HealthBlockingStub stub;
  }

  static class BySetter {

    private HealthBlockingStub stub;

    @GrpcClient("greeter")
    void setStub(HealthBlockingStub stub) {
      this.stub = stub;
    }
  }

  static class ByConstructor {

    private final HealthBlockingStub stub;

    ByConstructor(@GrpcClient("greeter") HealthBlockingStub stub) {
      this.stub = stub;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ByBeanMethod {

    record Holder(HealthBlockingStub stub) {}

    @Bean
    Holder holder(@GrpcClient("greeter") HealthBlockingStub stub) {
      return new Holder(stub);
    }
  }

  @Configuration
  static class ProxiedConfiguration {

    private final HealthBlockingStub stub;

    ProxiedConfiguration(@GrpcClient("greeter") HealthBlockingStub stub) {
      this.stub = stub;
    }
  }

  static class Wrapped {

    @GrpcClient("greeter")
    private Optional<HealthBlockingStub> optional;

    @GrpcClient("greeter")
    private ObjectProvider<HealthBlockingStub> provider;

    @GrpcClient("nosuch")
    private Optional<HealthBlockingStub> unknownOptional;

    @GrpcClient("nosuch")
    private ObjectProvider<HealthBlockingStub> unknownProvider;
  }

  static class ByPlaceholder {

    @GrpcClient("${which}")
    private HealthBlockingStub stub;
  }

  @GrpcClient("greeter")
  @Retention(RetentionPolicy.RUNTIME)
  @interface Greeter {}

  static class ByComposedAnnotation {

    private final HealthBlockingStub stub;

    ByComposedAnnotation(@Greeter HealthBlockingStub stub) {
      this.stub = stub;
    }
  }

  abstract static class GenericParent<S extends io.grpc.stub.AbstractStub<S>> {

    @GrpcClient("greeter")
    protected S stub;
  }

  static class GenericChild extends GenericParent<HealthBlockingStub> {}

  static class ByAddress {

    @GrpcClient("dns:///${server}")
    private HealthBlockingStub stub;
  }

  static class Plain {

    @Autowired
    private Optional<HealthBlockingStub> stub;
  }

  static class ByChannel {

    @GrpcClient("greeter")
    private Channel channel;
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnChannel {

    @Bean
    ClientConn greeterClientConn() {
      return ClientConnBuilder.forTarget("localhost:1").usePlaintext().build();
    }
  }

  public static final class HandWrittenStub extends io.grpc.stub.AbstractStub<HandWrittenStub> {

    public HandWrittenStub(Channel channel) {
      super(channel);
    }

    private HandWrittenStub(Channel channel, io.grpc.CallOptions options) {
      super(channel, options);
    }

    @Override
    protected HandWrittenStub build(Channel channel, io.grpc.CallOptions options) {
      return new HandWrittenStub(channel, options);
    }
  }
}
