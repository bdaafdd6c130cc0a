// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.GrpcLocalClientInterceptor;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GlobalClientInterceptor;

@NullUnmarked
@ExtendWith(OutputCaptureExtension.class)
class InterceptorsTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.greeter.address=" + this.server.address(),
          "grpc.client.targets.auth.address=" + this.server.address());

  @Test
  void interceptorBeansRunInTheirOrderForEveryChannel() {
    this.runner.withUserConfiguration(Globals.class, Plain.class).run(context -> {
      assertThat(pathOf(context.getBean(Plain.class).stub))
          .containsExactly("method", "ordered", "class", "unordered");
      assertThat(pathOf(context.getBean("authClientConn", ClientConn.class)))
          .containsExactly("method", "ordered", "class", "unordered");
    });
  }

  @Test
  void interceptorThatDiffersByTargetIsThatOfTheCalledTarget() {
    this.runner
        .withBean("byTarget", ByTarget.class)
        .withUserConfiguration(Clients.class, Locals.class)
        .run(context -> {
          assertThat(pathOf(context.getBean(Clients.class).plain)).containsExactly("of greeter");
          assertThat(pathOf(context.getBean(Clients.class).own))
              .containsExactly("of greeter", "new", "named");
          assertThat(pathOf(context.getBean("authClientConn", ClientConn.class)))
              .containsExactly("of auth");
        });
  }

  @Test
  void clientWithoutInterceptorsHasNone() {
    this.runner.withUserConfiguration(Plain.class).run(context -> {
      assertThat(context.getBean(InterceptorBeans.class).forTarget("greeter", List.of()))
          .isNull();
      assertThat(context.getBean(Plain.class).stub.getChannel())
          .isSameAs(context.getBean("greeterClientConn"));
      assertThat(pathOf(context.getBean(Plain.class).stub)).isEmpty();
    });
  }

  @Test
  void globalOnesRunOutsideOfThoseOfTheTargetThenTheClientThenTheCustomizers() {
    this.runner
        .withUserConfiguration(Globals.class, Locals.class, Clients.class, Customizer.class)
        .withPropertyValues("grpc.client.targets.greeter.interceptors=second,first")
        .run(context -> {
          Clients clients = context.getBean(Clients.class);
          assertThat(pathOf(clients.plain))
              .containsExactly(
                  "method", "ordered", "class", "unordered", "second", "first", "customizer");
          assertThat(pathOf(clients.own))
              .containsExactly(
                  "method",
                  "ordered",
                  "class",
                  "unordered",
                  "second",
                  "first",
                  "new",
                  "named",
                  "customizer");
          assertThat(pathOf(clients.channel)).endsWith("first", "new", "customizer");
          assertThat(pathOf(context.getBean("authClientConn", ClientConn.class)))
              .containsExactly("method", "ordered", "class", "unordered", "customizer");
        });
  }

  @Test
  void sortedClientMergesAllLists() {
    this.runner
        .withUserConfiguration(Globals.class, Locals.class, Clients.class)
        .withPropertyValues("grpc.client.targets.greeter.interceptors=second,first")
        .run(context -> assertThat(pathOf(context.getBean(Clients.class).sorted))
            .containsExactly(
                "first", "method", "second", "ordered", "new", "class", "unordered", "named"));
  }

  @Test
  void namedInterceptorRunsOnceWhereItIsNamed() {
    this.runner
        .withUserConfiguration(Globals.class, Repeating.class)
        .withPropertyValues("grpc.client.targets.greeter.interceptors=globalByMethod")
        .run(context -> {
          assertThat(pathOf(context.getBean("greeterClientConn", ClientConn.class)))
              .containsExactly("ordered", "class", "unordered", "method");
          assertThat(pathOf(context.getBean(Repeating.class).stub))
              .containsExactly("class", "unordered", "method", "ordered");
        });
  }

  @Test
  void defaultsNameInterceptorsOfTargetsWithoutOwn() {
    this.runner
        .withUserConfiguration(Locals.class)
        .withPropertyValues(
            "grpc.client.defaults.interceptors=first",
            "grpc.client.targets.auth.interceptors=second")
        .run(context -> {
          assertThat(pathOf(context.getBean("greeterClientConn", ClientConn.class)))
              .containsExactly("first");
          assertThat(pathOf(context.getBean("authClientConn", ClientConn.class)))
              .containsExactly("second");
        });
  }

  @Test
  void beansThatAreNotGlobalForWantOfAnAnnotationAreNamedOnce(CapturedOutput output) {
    this.runner
        .withUserConfiguration(Globals.class, Annotated.class)
        .withPropertyValues("grpc.client.interceptors.global=annotated")
        .run(context -> {
          context.getBean(InterceptorBeans.class).afterSingletonsInstantiated();
          assertThat(output)
              .containsOnlyOnce("are not applied to all clients")
              .contains("The interceptor beans [unordered, byClass, byInterface, globalByMethod]");
        });
  }

  @Test
  void onlyAnnotatedBeansAreGlobalIfThePropertySaysSo() {
    this.runner
        .withUserConfiguration(Globals.class, Annotated.class)
        .withPropertyValues("grpc.client.interceptors.global=annotated")
        .run(context -> assertThat(pathOf(context.getBean("greeterClientConn", ClientConn.class)))
            .containsExactly("spring-grpc", "on-method", "on-class"));
  }

  @Test
  void beansThatAreNoCandidatesForInjectionAreNotGlobal() {
    this.runner
        .withUserConfiguration(NoCandidates.class)
        .run(context -> assertThat(pathOf(context.getBean("greeterClientConn", ClientConn.class)))
            .isEmpty());
  }

  @Test
  void clientsWithDifferentInterceptorsAreDifferentBeans() {
    this.runner.withUserConfiguration(Locals.class, Clients.class).run(context -> {
      Clients clients = context.getBean(Clients.class);
      assertThat(clients.own).isNotSameAs(clients.plain).isSameAs(clients.sameAgain);
      assertThat(pathOf(clients.plain)).isEmpty();
      assertThat(pathOf(clients.own)).containsExactly("new", "named");
    });
  }

  @Test
  void classMeansItsBeanIfThereIsOne() {
    this.runner
        .withUserConfiguration(Locals.class, ByClass.class)
        .run(context ->
            assertThat(pathOf(context.getBean(ByClass.class).stub)).containsExactly("bean"));
  }

  @Test
  void channelOfTheApplicationHasTheInterceptorsOfTheClient() {
    this.runner
        .withBean(
            "greeterClientConn",
            ClientConn.class,
            () -> ClientConnBuilder.forTarget(this.server.address())
                .usePlaintext()
                .intercept(new Tag("inner"))
                .build())
        .withUserConfiguration(Locals.class, Clients.class)
        .run(context -> assertThat(pathOf(context.getBean(Clients.class).own))
            .containsExactly("new", "named", "inner"));
  }

  @Test
  void interceptorMayUseAClientOfAnotherTarget() {
    this.runner.withUserConfiguration(TokenInterceptor.class, Plain.class).run(context -> {
      assertThat(pathOf(context.getBean(Plain.class).stub)).isEmpty();
      // The call to auth was made within that to greeter, and not intercepted.
      assertThat(this.server.headers).hasSize(2);
      assertThat(pathOf(context.getBean("authClientConn", ClientConn.class))).isEmpty();
      assertThat(this.server.headers).hasSize(3);
    });
  }

  @Test
  void callDuringTheStartIsIntercepted() {
    this.runner.withUserConfiguration(CallsAtStart.class, Globals.class).run(context -> {
      assertThat(context).hasNotFailed();
      assertThat(Tag.path(this.server)).contains("method", "ordered");
    });
  }

  @Test
  void clientOfAnInterceptorPassesTheOptionsOfItsCallToAnotherChannel() {
    this.runner
        .withUserConfiguration(Globals.class, Locals.class, Clients.class)
        .withPropertyValues("grpc.client.targets.auth.interceptors=second")
        .run(context -> {
          HealthBlockingStub stub = context.getBean(Clients.class).own;
          Channel auth = context.getBean("authClientConn", ClientConn.class);
          List<CallOptions> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
          stub.withInterceptors(new ClientInterceptor() {
                @Override
                public <Q, S> ClientCall<Q, S> interceptCall(
                    MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
                  seen.add(options);
                  return auth.newCall(method, options);
                }
              })
              .check(HealthCheckRequest.getDefaultInstance());
          assertThat(seen).hasSize(1);
          assertThat(Tag.path(this.server)).endsWith("second");
        });
  }

  private List<String> pathOf(Channel channel) {
    return pathOf(HealthGrpc.newBlockingStub(channel));
  }

  private List<String> pathOf(HealthBlockingStub stub) {
    assertThat(stub.check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    return Tag.path(this.server);
  }

  @Configuration(proxyBeanMethods = false)
  static class Globals {

    @Bean
    Tag unordered() {
      return new Tag("unordered");
    }

    @Bean
    ByAnnotation byClass() {
      return new ByAnnotation();
    }

    @Bean
    ByInterface byInterface() {
      return new ByInterface();
    }

    @Bean
    @Order(10)
    ClientInterceptor globalByMethod() {
      return new Tag("method");
    }
  }

  @Order(30)
  static class ByAnnotation extends Tag {

    ByAnnotation() {
      super("class");
    }
  }

  static class ByInterface extends Tag implements Ordered {

    ByInterface() {
      super("ordered");
    }

    @Override
    public int getOrder() {
      return 20;
    }
  }

  @Order(25)
  static class NewInstance extends Tag {

    NewInstance() {
      super("new");
    }
  }

  @GrpcLocalClientInterceptor
  static class OfClass extends Tag {

    OfClass() {
      super("bean");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Locals {

    @Bean
    @Order(5)
    @GrpcLocalClientInterceptor
    Tag first() {
      return new Tag("first");
    }

    @Bean
    @Order(15)
    @GrpcLocalClientInterceptor
    ClientInterceptor second() {
      return new Tag("second");
    }

    @Bean
    @GrpcLocalClientInterceptor
    Tag named() {
      return new Tag("named");
    }

    @Bean
    OfClass ofClass() {
      return new OfClass();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Annotated {

    @GrpcGlobalClientInterceptor
    @Order(2)
    Tag annotatedMethod() {
      return new Tag("on-method");
    }

    @Bean
    AnnotatedClass annotatedClass() {
      return new AnnotatedClass();
    }

    @Bean
    @Order(1)
    @GlobalClientInterceptor
    ClientInterceptor ofSpringGrpc() {
      return new Tag("spring-grpc");
    }
  }

  @GrpcGlobalClientInterceptor
  static class AnnotatedClass extends Tag {

    AnnotatedClass() {
      super("on-class");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NoCandidates {

    @Bean(autowireCandidate = false)
    Tag hidden() {
      return new Tag("hidden");
    }

    @Bean(defaultCandidate = false)
    Tag qualified() {
      return new Tag("qualified");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizer {

    @Bean
    ClientConnBuilderCustomizer customizer() {
      return (target, builder) -> builder.intercept(new Tag("customizer"));
    }
  }

  static class Plain {

    @GrpcClient("greeter")
    HealthBlockingStub stub;
  }

  static class Clients {

    @GrpcClient("greeter")
    HealthBlockingStub plain;

    @GrpcClient(value = "greeter", interceptors = NewInstance.class, interceptorNames = "named")
    HealthBlockingStub own;

    @GrpcClient(value = "greeter", interceptors = NewInstance.class, interceptorNames = "named")
    HealthBlockingStub sameAgain;

    @GrpcClient(
        value = "greeter",
        interceptorNames = "named",
        interceptors = NewInstance.class,
        sortInterceptors = true)
    HealthBlockingStub sorted;

    @GrpcClient(value = "greeter", interceptors = NewInstance.class)
    Channel channel;
  }

  static class Repeating {

    @GrpcClient(value = "greeter", interceptorNames = "byInterface")
    HealthBlockingStub stub;
  }

  static class ByClass {

    @GrpcClient(value = "greeter", interceptors = OfClass.class)
    HealthBlockingStub stub;
  }

  static class CallsAtStart {

    CallsAtStart(@GrpcClient("greeter") HealthBlockingStub stub) {
      stub.check(HealthCheckRequest.getDefaultInstance());
    }
  }

  static class TokenInterceptor implements ClientInterceptor {

    @GrpcClient("auth")
    HealthBlockingStub auth;

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      this.auth.check(HealthCheckRequest.getDefaultInstance());
      return next.newCall(method, options);
    }
  }

  /** Adds the name of the target to the path of a call. */
  static final class ByTarget implements TargetedInterceptor {

    @Override
    public ClientInterceptor forTarget(String target) {
      return new Tag("of " + target);
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return next.newCall(method, options);
    }
  }
}
