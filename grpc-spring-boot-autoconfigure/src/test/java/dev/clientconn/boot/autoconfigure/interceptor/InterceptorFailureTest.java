// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.GrpcLocalClientInterceptor;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Checks what a user sees of interceptors that do not exist, cannot be created, or fail. */
@NullUnmarked
class InterceptorFailureTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner bare = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class));

  private final ApplicationContextRunner runner =
      this.bare.withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void unknownBeanOfATargetShowsTheNearestAndAll() {
    FailureAnalysis analysis = StartFailure.of(this.bare.withUserConfiguration(Beans.class), """
        grpc.client.targets.greeter:
          address: localhost:1
          interceptors: tracing, loging
        """);

    assertThat(analysis.getDescription())
        .contains("Invalid value 'tracing, loging'")
        .contains("'grpc.client.targets.greeter.interceptors'")
        .contains("application.yml - 3:17")
        .contains("There is no bean 'loging'. Did you mean 'logging'?"
            + " Beans of type ClientInterceptor: tracing, logging.");
  }

  @Test
  void beanOfAnotherTypeIsRejected() {
    FailureAnalysis analysis = StartFailure.of(
        this.bare.withUserConfiguration(Beans.class).withBean("text", String.class, () -> ""), """
        grpc.client.defaults.interceptors: text
        grpc.client.targets.greeter.address: localhost:1
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.defaults.interceptors")
        .contains("This bean is not a ClientInterceptor but java.lang.String.");
  }

  @Test
  void beanThatIsListedTwiceIsRejected() {
    FailureAnalysis analysis = StartFailure.of(this.bare.withUserConfiguration(Beans.class), """
        grpc.client.targets.greeter:
          address: localhost:1
          interceptors: [tracing, logging, tracing]
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.interceptors[0]")
        .contains("It is listed twice.");
  }

  @Test
  void unknownModeShowsTheKnownOnes() {
    FailureAnalysis analysis = StartFailure.of(this.bare, "grpc.client.interceptors.global: some");

    assertThat(analysis.getDescription()).contains("grpc.client.interceptors.global");
    assertThat(analysis.getAction()).contains("ALL").contains("ANNOTATED");
  }

  @Test
  void misspeltKeyOfTheModeShowsTheNearest() {
    FailureAnalysis analysis = StartFailure.of(this.bare, "grpc.client.interceptors.globals: all");

    assertThat(analysis.getDescription()).contains("Did you mean grpc.client.interceptors.global?");
  }

  @Test
  void modeBelowTheDefaultsIsMovedUp() {
    FailureAnalysis analysis =
        StartFailure.of(this.bare, "grpc.client.defaults.interceptors.global: annotated");

    assertThat(analysis.getDescription()).contains("It is for all clients");
    assertThat(analysis.getAction()).isEqualToIgnoringWhitespace("""
        Write instead:

            grpc:
              client:
                interceptors:
                  global: annotated
        """);
  }

  @Test
  void unknownNameInTheAnnotationShowsThePlace() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(Beans.class, UnknownName.class));

    assertThat(analysis.getDescription())
        .startsWith("An interceptor of @GrpcClient(\"greeter\") in ")
        .contains("UnknownName.stub cannot be used. There is no bean 'loging'."
            + " Did you mean 'logging'?");
    assertThat(analysis.getAction()).contains("interceptorNames");
  }

  @Test
  void classThatCannotBeInstantiatedIsRejected() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(NoConstructor.class));

    assertThat(analysis.getDescription())
        .contains("Tag of @GrpcClient(\"greeter\") in ")
        .endsWith("There is no bean of this type, and it has no constructor without parameters.");
  }

  @Test
  void classWithAConstructorThatThrowsFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(BrokenClass.class));

    assertThat(analysis.getDescription())
        .contains("Broken of @GrpcClient(\"greeter\") in ")
        .contains("BrokenClass.stub cannot be created: ")
        .contains("no licence");
  }

  @Test
  void classWithSeveralBeansFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(Beans.class, Ambiguous.class));

    assertThat(analysis.getDescription()).endsWith("can be one of 2 beans: tracing, logging.");
    assertThat(analysis.getAction()).contains("interceptorNames = \"tracing\"");
  }

  @Test
  void sharedChannelCannotHaveInterceptorsOfOneClient() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(Beans.class, Shared.class));

    assertThat(analysis.getDescription())
        .contains("names interceptors, but its type is io.grpc.ManagedChannel.");
    assertThat(analysis.getAction()).contains("grpc.client.targets.<name>.interceptors");
  }

  @Test
  void beanWithAConstructorThatThrowsFailsTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner.withBean("licensed", Broken.class));

    assertThat(analysis.getDescription())
        .isEqualTo("The gRPC client interceptor 'licensed' cannot be created: "
            + "java.lang.IllegalStateException: no licence");
  }

  @Test
  void lazyBeanWithAConstructorThatThrowsFailsTheStart() {
    FailureAnalysis analysis = StartFailure.of(this.runner
        .withPropertyValues("grpc.client.targets.greeter.interceptors=licensed")
        .withBean(
            "licensed", Broken.class, Broken::new, definition -> definition.setLazyInit(true)));

    assertThat(analysis.getDescription())
        .contains("The gRPC client interceptor 'licensed' cannot be created");
  }

  @Test
  void beanThatIsMarkedAsGlobalAndLocalFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(Contradiction.class));

    assertThat(analysis.getDescription())
        .startsWith("The interceptor bean 'both' is marked as global and with");
  }

  @Test
  void interceptorThatThrowsEndsTheCall() {
    assertThat(statusWith(() -> {
          throw new IllegalStateException("broken");
        }))
        .extracting(Status::getCode, Status::getDescription)
        .containsExactly(
            Status.Code.INTERNAL,
            "The interceptor 'failing' threw: java.lang.IllegalStateException: broken");
  }

  @Test
  void interceptorThatThrowsAnErrorEndsTheCall() {
    Status status = statusWith(() -> {
      throw new NoClassDefFoundError("absent");
    });

    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getCause()).isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void interceptorThatThrowsAStatusEndsTheCallWithIt() {
    Status status = statusWith(() -> {
      throw Status.PERMISSION_DENIED.withDescription("no tenant").asRuntimeException();
    });

    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription()).isEqualTo("no tenant");
  }

  @Test
  void interceptorThatReturnsNullEndsTheCall() {
    assertThat(statusWith(() -> null).getDescription())
        .isEqualTo("The interceptor 'failing' returned null in place of a call");
  }

  private Status statusWith(Supplier<Object> interceptor) {
    List<Throwable> errors = new ArrayList<>();
    this.runner
        .withBean("failing", ClientInterceptor.class, () -> new Failing(interceptor))
        .run(context -> HealthGrpc.newStub(context.getBean("greeterClientConn", ClientConn.class))
            .check(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {}

              @Override
              public void onError(Throwable error) {
                errors.add(error);
              }

              @Override
              public void onCompleted() {}
            }));
    assertThat(errors).hasSize(1);
    return Status.fromThrowable(errors.get(0));
  }

  private record Failing(Supplier<Object> result) implements ClientInterceptor {

    @Override
    @SuppressWarnings("unchecked")
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      return (ClientCall<ReqT, RespT>) this.result.get();
    }
  }

  static class Broken extends Tag {

    Broken() {
      super("broken");
      throw new IllegalStateException("no licence");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Beans {

    @Bean
    Tag tracing() {
      return new Tag("tracing");
    }

    @Bean
    Tag logging() {
      return new Tag("logging");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Contradiction {

    @GrpcGlobalClientInterceptor
    @GrpcLocalClientInterceptor
    Tag both() {
      return new Tag("both");
    }
  }

  static class UnknownName {

    @GrpcClient(value = "greeter", interceptorNames = "loging")
    HealthBlockingStub stub;
  }

  static class NoConstructor {

    @GrpcClient(value = "greeter", interceptors = Tag.class)
    HealthBlockingStub stub;
  }

  static class BrokenClass {

    @GrpcClient(value = "greeter", interceptors = Broken.class)
    HealthBlockingStub stub;
  }

  static class Ambiguous {

    @GrpcClient(value = "greeter", interceptors = Tag.class)
    HealthBlockingStub stub;
  }

  static class Shared {

    @GrpcClient(value = "greeter", interceptorNames = "tracing")
    ManagedChannel channel;
  }
}
