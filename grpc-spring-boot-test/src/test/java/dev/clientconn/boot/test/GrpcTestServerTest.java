// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterImplBase;
import dev.clientconn.boot.test.greeter.Greeting;
import dev.clientconn.boot.test.greeter.PricesGrpc;
import dev.clientconn.boot.test.greeter.PricesGrpc.PricesBlockingStub;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

@NullUnmarked
class GrpcTestServerTest {

  @Nested
  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  class WithOneService {

    @Autowired
    private Greetings greetings;

    @Autowired
    private FakeGreeter fake;

    @Autowired
    private ClientConnRegistry clients;

    @Test
    void applicationCallsTheServerOfTheTest() {
      assertThat(this.greetings.greet("Ada")).isEqualTo("Hello, Ada");
    }

    @Test
    void classOfTheServiceBecomesABean() {
      assertThat(this.fake).isNotNull();
    }

    @Test
    void allTargetsArePlaintextToLoopback() {
      assertThat(this.clients.channels()).containsOnlyKeys("greeter", "order-service");
      assertThat(this.clients.channels().values())
          .allSatisfy(channel -> assertThat(channel.authority()).startsWith("localhost:"));
    }

    @Test
    void methodThatNoServiceHasIsUnimplemented() {
      PricesBlockingStub prices =
          PricesGrpc.newBlockingStub(this.clients.channels().get("order-service"));

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> prices.quote(GreetRequest.getDefaultInstance()))
          .satisfies(failure ->
              assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Nested
    class AndANestedTest {

      @Test
      void hasTheServerOfTheClassAroundIt(@Autowired Greetings same) {
        assertThat(same).isSameAs(WithOneService.this.greetings);
        assertThat(same.greet("Bob")).isEqualTo("Hello, Bob");
      }
    }
  }

  @Nested
  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(targets = "order-service", services = FakePrices.class)
  @GrpcTestServer(services = FakeGreeter.class)
  class WithTwoServers {

    @Test
    void eachTargetHasItsServer(@Autowired ClientConnRegistry clients) {
      String orders = clients.channels().get("order-service").authority();
      PricesBlockingStub prices =
          PricesGrpc.newBlockingStub(clients.channels().get("order-service"));

      assertThat(clients.channels().get("greeter").authority()).isNotEqualTo(orders);
      assertThat(prices.quote(GreetRequest.newBuilder().setName("Ada").build()).getText())
          .isEqualTo("Hello, Ada: 42");
    }
  }

  @Nested
  @SpringBootTest(
      classes = Application.class,
      properties = {
        "grpc.client.targets.greeter.ssl.verify=none",
        "grpc.client.targets.greeter.proxy.address=proxy.example:3128",
        "grpc.client.targets.plain.address=localhost:1"
      })
  @GrpcTestServer(targets = "greeter")
  @Import(WithTheBeansOfTheTest.Services.class)
  class WithTheBeansOfTheTest {

    @Test
    void settingsOfTheTargetStay(@Autowired Greetings greetings) {
      assertThat(greetings.greet("Ada")).matches("Ada has 1\\d s");
    }

    @Test
    void otherTargetsKeepTheirAddresses(@Autowired ClientConnRegistry clients) {
      assertThat(clients.channels().get("plain").authority()).isEqualTo("localhost:1");
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Services {

      /** Responds with the deadline that the application sets. */
      @Bean
      BindableService greeter() {
        return new GreeterImplBase() {
          @Override
          public void greet(GreetRequest request, StreamObserver<Greeting> response) {
            long seconds = Context.current().getDeadline().timeRemaining(TimeUnit.SECONDS);
            String text = "%s has %d s".formatted(request.getName(), seconds);
            response.onNext(Greeting.newBuilder().setText(text).build());
            response.onCompleted();
          }
        };
      }
    }
  }

  @Nested
  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  @Import(WhileTheContextStarts.Early.class)
  class WhileTheContextStarts {

    @Test
    void callsAreServed(@Autowired Early early) {
      assertThat(early.greeting).isEqualTo("Hello, early");
    }

    static class Early implements InitializingBean {

      private final Greetings greetings;

      private String greeting;

      Early(Greetings greetings) {
        this.greetings = greetings;
      }

      @Override
      public void afterPropertiesSet() {
        this.greeting = this.greetings.greet("early");
      }
    }
  }

  @Nested
  @SpringBootTest(
      classes = Application.class,
      properties = {
        "grpc.client.targets.greeter.ssl.bundle=ca",
        "spring.ssl.bundle.pem.ca.truststore.certificate=classpath:tls/server.crt"
      })
  @GrpcTestServer(
      targets = "greeter",
      services = FakeGreeter.class,
      certificateChain = "classpath:tls/server.crt",
      privateKey = "classpath:tls/server.key")
  class WithACertificate {

    @Test
    void targetKeepsItsTls(@Autowired Greetings greetings) {
      assertThat(greetings.greet("Ada")).isEqualTo("Hello, Ada");
    }
  }
}
