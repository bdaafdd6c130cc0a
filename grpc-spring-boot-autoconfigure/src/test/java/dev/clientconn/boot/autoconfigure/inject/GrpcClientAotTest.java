// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcClientBean;
import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.autoconfigure.AheadOfTime;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.interceptor.Tag;
import io.grpc.ClientInterceptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;

/**
 * Checks that generated code creates the same clients, with the settings of its environment.
 */
class GrpcClientAotTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  @Test
  @CompileWithForkedClassLoader
  void generatedContextInjectsStubsWithTheAddressOfRunTime() {
    Map<String, String> properties =
        new HashMap<>(properties(this.server.address(), this.server.address()));
    properties.put("grpc.client.targets.greeter.user-agent", "at-run-time");

    generate().run(properties, this::check);
  }

  @Test
  void factoryMethodsOfInjectedStubsStayReachable() {
    assertThat(RuntimeHintsPredicates.reflection()
            .onMethodInvocation(HealthGrpc.class, "newBlockingStub"))
        .accepts(generate().hints());
  }

  private static AheadOfTime generate() {
    return new AheadOfTime(
        properties("localhost:1", "static://localhost:1"),
        GrpcClientAutoConfiguration.class,
        GrpcClientInjectionAutoConfiguration.class,
        Interceptors.class,
        Consumer.class,
        Declaring.class,
        Intercepted.class);
  }

  private static Map<String, String> properties(String greeter, String moved) {
    return Map.of(
        "grpc.client.targets.greeter.address",
        greeter,
        "grpc.client.interceptors.global",
        "annotated",
        "grpc.client.migration",
        "translate",
        "grpc.client.moved.address",
        moved,
        "grpc.client.moved.negotiation-type",
        "plaintext");
  }

  private void check(GenericApplicationContext context) {
    Consumer consumer = context.getBean(Consumer.class);
    assertThat(consumer.stub.check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    HealthFutureStub declared = context.getBean("declared", HealthFutureStub.class);
    assertThat(declared.getChannel()).isSameAs(context.getBean("movedClientConn"));
    assertThat(HealthGrpc.newBlockingStub(declared.getChannel())
            .check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    assertThat(consumer.channel).isSameAs(context.getBean("greeterClientConn"));
    assertThat(consumer.stub.getChannel()).isSameAs(consumer.otherSpelling);
    interceptorsAreThoseOfEachClient(consumer.stub, context.getBean(Intercepted.class));
  }

  private void interceptorsAreThoseOfEachClient(HealthBlockingStub plain, Intercepted intercepted) {
    assertThat(pathOf(plain)).containsExactly("global");
    assertThat(pathOf(intercepted.byClass)).containsExactly("global", "class");
    assertThat(pathOf(intercepted.byName)).containsExactly("global", "name");
    assertThat(pathOf(intercepted.sorted)).containsExactly("name", "global");
  }

  private List<String> pathOf(HealthBlockingStub stub) {
    assertThat(stub.check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
    return Tag.path(this.server);
  }

  /** Defines a global interceptor on its method, and one that is not global. */
  @Configuration(proxyBeanMethods = false)
  public static class Interceptors {

    @GrpcGlobalClientInterceptor
    @Order(2)
    public ClientInterceptor global() {
      return new Tag("global");
    }

    @Bean
    @Order(1)
    public Tag named() {
      return new Tag("name");
    }
  }

  /** Is created with its constructor. */
  public static class OfClass extends Tag {

    public OfClass() {
      super("class");
    }
  }

  /** Injects clients that differ only in their interceptors. */
  public static class Intercepted {

    final HealthBlockingStub byClass;

    final HealthBlockingStub byName;

    final HealthBlockingStub sorted;

    public Intercepted(
        @GrpcClient(value = "greeter", interceptors = OfClass.class) HealthBlockingStub byClass,
        @GrpcClient(value = "greeter", interceptorNames = "named") HealthBlockingStub byName,
        @GrpcClient(value = "greeter", interceptorNames = "named", sortInterceptors = true)
            HealthBlockingStub sorted) {
      this.byClass = byClass;
      this.byName = byName;
      this.sorted = sorted;
    }
  }

  /** Declares a stub of a target that has only keys of net.devh's starter. */
  @GrpcClientBean(
      clazz = HealthFutureStub.class,
      beanName = "declared",
      client = @GrpcClient("moved"))
  public static class Declaring {}

  /** Injects a stub, a channel, and a channel by another spelling of the name. */
  public static class Consumer {

    final HealthBlockingStub stub;

    final ClientConn channel;

    final ClientConn otherSpelling;

    public Consumer(
        @GrpcClient("greeter") HealthBlockingStub stub,
        @GrpcClient("greeter") ClientConn channel,
        @GrpcClient("Greeter") ClientConn otherSpelling) {
      this.stub = stub;
      this.channel = channel;
      this.otherSpelling = otherSpelling;
    }
  }
}
