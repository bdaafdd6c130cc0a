// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterFutureStub;
import dev.clientconn.boot.test.greeter.PricesGrpc.PricesBlockingStub;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** No bean of the application injects these clients. */
@NullUnmarked
@SpringBootTest
@GrpcTestServer(services = FakeGreeter.class)
class GrpcClientInTestClassesTest {

  private static final GreetRequest REQUEST =
      GreetRequest.newBuilder().setName("Ada").build();

  private final ManagedChannel channel;

  @GrpcClient("order-service")
  private GreeterBlockingStub greeter;

  private GreeterFutureStub future;

  GrpcClientInTestClassesTest(@GrpcClient("order-service") ManagedChannel channel) {
    this.channel = channel;
  }

  @GrpcClient("order-service")
  void setFuture(GreeterFutureStub future) {
    this.future = future;
  }

  @Test
  void fieldIsInjected() {
    assertThat(this.greeter.greet(REQUEST).getText()).isEqualTo("Hello, Ada");
  }

  @Test
  void setterIsInjected() throws Exception {
    assertThat(this.future.greet(REQUEST).get().getText()).isEqualTo("Hello, Ada");
  }

  @Test
  void parameterOfTheConstructorIsInjected() {
    assertThat(this.channel.authority()).startsWith("localhost:");
  }

  @Test
  void parameterOfATestIsInjected(@GrpcClient("order-service") PricesBlockingStub prices) {
    assertThat(prices).isNotNull();
  }

  @Nested
  class Inner {

    @Test
    void clientsOfTheClassAroundAreInjected() {
      assertThat(GrpcClientInTestClassesTest.this.greeter.greet(REQUEST).getText())
          .isEqualTo("Hello, Ada");
    }
  }

  @Test
  void classesWithTheSameClientsShareAContext() {
    assertThat(Contexts.load(OneClient.class))
        .isSameAs(Contexts.load(TheSameClient.class))
        .isNotSameAs(Contexts.load(AnotherClient.class));
  }

  @Test
  void mockOfAnUnknownTargetFailsTheStart() {
    assertThat(Contexts.failure(MockOfUnknown.class))
        .isInstanceOf(UnknownGrpcTargetException.class)
        .hasMessageContaining("@GrpcClient(\"gretr\") in ")
        .hasMessageContaining("is not the name of a gRPC target.");
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class OneClient {

    @GrpcClient("greeter")
    PricesBlockingStub prices;
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class TheSameClient {

    @GrpcClient("greeter")
    PricesBlockingStub same;
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class AnotherClient {

    @GrpcClient("order-service")
    PricesBlockingStub prices;
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class MockOfUnknown {

    @MockitoBean(answers = Answers.RETURNS_SELF)
    @GrpcClient("gretr")
    GreeterBlockingStub greeter;
  }
}
