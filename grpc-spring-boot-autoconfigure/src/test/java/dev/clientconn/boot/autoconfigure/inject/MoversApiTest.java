// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.CallCredentialsHelper;
import dev.clientconn.boot.GlobalClientInterceptorConfigurer;
import dev.clientconn.boot.GrpcChannelConfigurer;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcClientBean;
import dev.clientconn.boot.InterceptorOrder;
import dev.clientconn.boot.StubFactory;
import dev.clientconn.boot.StubTransformer;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import io.grpc.stub.AbstractStub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Checks the classes that applications of net.devh's starter use besides {@link GrpcClient}. */
@NullUnmarked
class MoversApiTest {

  private static final CallOptions.Key<String> NAMES =
      CallOptions.Key.createWithDefault("names", "");

  private static final HealthCheckRequest REQUEST = HealthCheckRequest.getDefaultInstance();

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void declaredClientsAreOrdinaryBeans() {
    this.runner.withUserConfiguration(Declared.class, Plain.class).run(context -> {
      Plain plain = context.getBean(Plain.class);
      assertThat(plain.stub.check(REQUEST)).isEqualTo(HealthServer.serving());
      assertThat(plain.stub).isSameAs(context.getBean("health"));
      assertThat(context.getBean("greeterHealthFutureStub")).isInstanceOf(HealthFutureStub.class);
      assertThat(context.getBean("channel")).isSameAs(context.getBean("greeterClientConn"));
      assertThat(context.getBeansOfType(ClientConn.class)).hasSize(1);
    });
  }

  @Test
  void declaredClientOfAnUnknownTargetFailsTheStart() {
    String description =
        StartFailure.of(this.runner.withUserConfiguration(Unknown.class)).getDescription();

    assertThat(description)
        .startsWith("@GrpcClient(\"greter\") in class " + Unknown.class.getName())
        .contains("is not the name of a gRPC target. Configured below", "greeter");
  }

  @Test
  void declaredClientOfAnotherTypeFailsTheStart() {
    assertThat(StartFailure.of(this.runner.withUserConfiguration(NoStub.class)).getDescription())
        .contains("cannot inject java.lang.String in class " + NoStub.class.getName());
  }

  @Test
  void stubsAreTransformedInOrder() {
    this.runner.withUserConfiguration(Transformers.class, Injected.class).run(context -> {
      Injected injected = context.getBean(Injected.class);
      assertThat(injected.stub.getCallOptions().getOption(NAMES)).isEqualTo(" first second");
      assertThat(injected.stub.check(REQUEST)).isEqualTo(HealthServer.serving());
    });
  }

  @Test
  void transformerThatReturnsNothingIsNamed() {
    this.runner
        .withBean(StubTransformer.class, () -> (name, stub) -> null)
        .withUserConfiguration(Injected.class)
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .hasMessageContaining(MoversApiTest.class.getName())
            .hasMessageContaining("returned null in place of a stub of")
            .hasMessageContaining("HealthBlockingStub"));
  }

  @Test
  void credentialsAreThoseOfTheTarget() {
    CallCredentials known = CallCredentialsHelper.basicAuth("harbour", "seagull");
    CallCredentials other = CallCredentialsHelper.bearerAuth("token");

    assertThat(credentials(CallCredentialsHelper.fixedCredentialsStubTransformer(known)))
        .isSameAs(known);
    assertThat(credentials(CallCredentialsHelper.mappedCredentialsStubTransformer(
            Map.of("greeter", known, "other", other))))
        .isSameAs(known);
    assertThat(credentials(
            CallCredentialsHelper.mappedCredentialsStubTransformer(Map.of("other", known))))
        .isNull();
    assertThat(credentials(
            CallCredentialsHelper.mappedCredentialsStubTransformer(Map.of("other", known), other)))
        .isSameAs(other);
  }

  private CallCredentials credentials(StubTransformer transformer) {
    List<CallCredentials> found = new ArrayList<>();
    this.runner
        .withBean(StubTransformer.class, () -> transformer)
        .withUserConfiguration(Injected.class)
        .run(context ->
            found.add(context.getBean(Injected.class).stub.getCallOptions().getCredentials()));
    return found.get(0);
  }

  @Test
  void stubsOfAnyTypeComeFromAFactory() {
    this.runner
        .withBean(StubFactory.class, OddStubFactory::new)
        .withUserConfiguration(Odd.class, Injected.class)
        .run(context -> {
          assertThat(context.getBean(Odd.class).stub.made).isEqualTo("by a factory");
          assertThat(context.getBean(Injected.class).stub.check(REQUEST))
              .isEqualTo(HealthServer.serving());
        });
  }

  @Test
  void typeThatNoFactoryCreatesIsNamed() {
    this.runner
        .withBean(StubFactory.class, () -> new OddStubFactory() {
          @Override
          public boolean isApplicable(Class<? extends AbstractStub<?>> type) {
            return false;
          }
        })
        .withUserConfiguration(Odd.class)
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .hasMessageStartingWith(
                "No StubFactory bean is applicable to " + OddStub.class.getName()));
  }

  @Test
  void channelConfigurerIsACustomizer() {
    List<String> configured = new ArrayList<>();
    GrpcChannelConfigurer configurer =
        (builder, name) -> configured.add(name + " " + kind(builder));

    this.runner
        .withBean(
            GrpcChannelConfigurer.class,
            () -> configurer.andThen((builder, name) -> configured.add("then")))
        .run(
            context -> assertThat(configured).containsExactly("greeter ClientConnBuilder", "then"));
  }

  private static String kind(ManagedChannelBuilder<?> builder) {
    return builder instanceof ClientConnBuilder ? "ClientConnBuilder" : "other";
  }

  @Test
  void configurerAddsAndRemovesGlobalInterceptors() {
    this.runner.withUserConfiguration(Configurer.class, Injected.class).run(context -> {
      context.getBean(Injected.class).stub.check(REQUEST);
      assertThat(context.getBean(Configurer.class).called).containsExactly("added", "bean");
    });
  }

  @Test
  void configurerThatAddsNothingIsNamed() {
    String description = StartFailure.of(this.runner
            .withBean(GlobalClientInterceptorConfigurer.class, () -> list -> list.add(null))
            .withUserConfiguration(Injected.class))
        .getDescription();

    assertThat(description)
        .startsWith("The list of global interceptors has a null element after ")
        .contains(MoversApiTest.class.getName());
  }

  @Configuration(proxyBeanMethods = false)
  @GrpcClientBean(
      clazz = HealthBlockingStub.class,
      beanName = "health",
      client = @GrpcClient("greeter"))
  @GrpcClientBean(clazz = HealthFutureStub.class, client = @GrpcClient("greeter"))
  @GrpcClientBean(clazz = Channel.class, beanName = "channel", client = @GrpcClient("greeter"))
  static class Declared {}

  @Configuration
  @GrpcClientBean(clazz = HealthBlockingStub.class, client = @GrpcClient("greter"))
  static class Unknown {}

  @Configuration
  @GrpcClientBean(clazz = String.class, client = @GrpcClient("greeter"))
  static class NoStub {}

  @NullUnmarked
  static class Plain {

    @Autowired
    HealthBlockingStub stub;
  }

  @NullUnmarked
  static class Injected {

    @GrpcClient("greeter")
    HealthBlockingStub stub;
  }

  @NullUnmarked
  static class Odd {

    @GrpcClient("greeter")
    OddStub stub;
  }

  @Configuration(proxyBeanMethods = false)
  static class Transformers {

    @Bean
    @Order(2)
    StubTransformer second() {
      return (name, stub) -> append(stub, "second");
    }

    @Bean
    @Order(1)
    StubTransformer first() {
      return (name, stub) -> append(stub, "first");
    }

    private static AbstractStub<?> append(AbstractStub<?> stub, String name) {
      return stub.withOption(NAMES, stub.getCallOptions().getOption(NAMES) + " " + name);
    }
  }

  @NullUnmarked
  @Configuration(proxyBeanMethods = false)
  static class Configurer {

    final List<String> called = new ArrayList<>();

    @Bean
    @Order(InterceptorOrder.ORDER_SECURITY_AUTHENTICATION)
    ClientInterceptor bean() {
      return new Recorder("bean", this.called);
    }

    @Bean
    ClientInterceptor removed() {
      return new Recorder("removed", this.called);
    }

    @Bean
    GlobalClientInterceptorConfigurer configurer(ClientInterceptor removed) {
      return interceptors -> {
        interceptors.remove(removed);
        interceptors.add(new First(this.called));
      };
    }
  }

  @Order(InterceptorOrder.ORDER_FIRST)
  static final class First extends Recorder {

    First(List<String> called) {
      super("added", called);
    }
  }

  /** Records its name for each call. */
  static class Recorder implements ClientInterceptor {

    private final String name;

    private final List<String> called;

    Recorder(String name, List<String> called) {
      this.name = name;
      this.called = called;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      this.called.add(this.name);
      return next.newCall(method, options);
    }
  }

  /** A stub that only {@link OddStubFactory} can create. */
  static final class OddStub extends AbstractStub<OddStub> {

    final String made;

    OddStub(Channel channel, CallOptions options, String made) {
      super(channel, options);
      this.made = made;
    }

    @Override
    protected OddStub build(Channel channel, CallOptions options) {
      return new OddStub(channel, options, this.made);
    }
  }

  static class OddStubFactory implements StubFactory {

    @Override
    public AbstractStub<?> createStub(Class<? extends AbstractStub<?>> type, Channel channel) {
      return new OddStub(channel, CallOptions.DEFAULT, "by a factory");
    }

    @Override
    public boolean isApplicable(Class<? extends AbstractStub<?>> type) {
      return type == OddStub.class;
    }
  }
}
