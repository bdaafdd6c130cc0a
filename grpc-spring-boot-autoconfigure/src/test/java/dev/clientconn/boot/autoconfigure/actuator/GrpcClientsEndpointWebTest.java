// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.ChannelStates;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.actuator.EndpointApplication.Plain;
import dev.clientconn.boot.autoconfigure.actuator.EndpointApplication.Response;
import io.grpc.ConnectivityState;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Sends requests to the endpoint of applications that run. */
@Timeout(120)
class GrpcClientsEndpointWebTest {

  private static final String UNRESTRICTED = "management.endpoint.grpcclients.access=unrestricted";

  private final HealthServer server = HealthServer.start();

  private final String address = "grpc.client.targets.greeter.address=" + this.server.address();

  @AfterEach
  void stopServer() {
    this.server.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVLET", "REACTIVE"})
  void showsClientsOnEachKindOfWebServer(WebApplicationType type) {
    try (EndpointApplication application =
        EndpointApplication.start(type, Plain.class, this.address)) {
      call(application);
      ChannelStates.await(ConnectivityState.READY, application.context.getBean(ClientConn.class));

      Response list = application.get("");
      assertThat(list.status()).isEqualTo(200);
      assertThat(list.at("clients", "greeter", "state")).isEqualTo("READY");
      assertThat(list.at("clients", "greeter", "connections", "ready")).isEqualTo(1);
      Response client = application.get("/greeter");
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.at("name")).isEqualTo("greeter");
      assertThat(client.at("snapshot", "subchannels", "0", "connections", "0", "remote"))
          .asString()
          .endsWith(this.server.address().substring("localhost".length()));
      assertThat(client.at("configuration", "settings", "address", "layer")).isEqualTo("target");
      assertThat(application.get("/greter").at("message"))
          .isEqualTo("There is no gRPC client 'greter'. Did you mean 'greeter'?");
      assertThat(application.get("/greter").status()).isEqualTo(404);
      assertThat(application.get("/").status()).isEqualTo(404);
    }
  }

  @Test
  void nameInAnotherSpellingIsFound() {
    try (EndpointApplication application = start(
        Plain.class,
        "grpc.client.targets.order-service.address=" + this.server.address(),
        "grpc.client.targets.[orders.v1].address=" + this.server.address(),
        "grpc.client.targets.[gr\u00f6\u00dfe 1%].address=" + this.server.address())) {
      assertThat(application.get("/orderService").at("name")).isEqualTo("order-service");
      assertThat(application.get("/orders.v1").at("name")).isEqualTo("orders.v1");
      assertThat(application.get("/gr%C3%B6%C3%9Fe%201%25").at("name"))
          .isEqualTo("gr\u00f6\u00dfe 1%");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVLET", "REACTIVE"})
  void slashesOfAnAddressArePartOfTheName(WebApplicationType type) {
    try (EndpointApplication application =
        EndpointApplication.start(type, WithAddress.class, UNRESTRICTED)) {
      assertThat(application.get("/dns:/localhost:1").at("name")).isEqualTo("dns:///localhost:1");
      assertThat(application.get("/dns%3A/localhost%3A1").status()).isEqualTo(200);
      assertThat(
              application.post("/dns:/localhost:1", "{\"operation\":\"drain\"}").status())
          .isEqualTo(200);
      assertThat(application.get("/dns:/localhost:1").at("configuration")).isNull();
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class WithAddress {

    @Bean("dns:///localhost:1ClientConn")
    ClientConn ofTheApplication() {
      return ClientConnBuilder.forTarget("dns:///localhost:1").usePlaintext().build();
    }
  }

  // Streams

  @Test
  void openStreamsAreListedInParts() throws Exception {
    try (EndpointApplication application = start(Plain.class, this.address)) {
      for (int i = 0; i < 5; i++) {
        HealthGrpc.newFutureStub(application.context.getBean(ClientConn.class))
            .check(HealthCheckRequest.newBuilder().setService("held").build());
        this.server.held.take();
      }

      Response response = application.get("/greeter?streams=true&offset=1&limit=3");

      assertThat(response.at("streams", "total")).isEqualTo(5);
      assertThat(response.at("streams", "streams", "2", "method"))
          .isEqualTo("grpc.health.v1.Health/Check");
      assertThat(response.at("streams", "streams"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .hasSize(3);
      assertThat(application.get("/greeter?streams=true&offset=9").at("streams", "streams"))
          .isEqualTo(List.of());
      assertThat(application.get("/greeter").at("streams")).isNull();
    }
  }

  @Test
  void responseWithTenThousandStreamsHasAsManyAsTheRequestAsksFor() throws Exception {
    int all = StreamPage.MAX_LIMIT;
    try (EndpointApplication application = start(Plain.class, this.address)) {
      HealthGrpc.HealthFutureStub stub =
          HealthGrpc.newFutureStub(application.context.getBean(ClientConn.class));
      for (int i = 0; i < all; i++) {
        stub.check(HealthCheckRequest.newBuilder().setService("held").build());
      }
      for (int i = 0; i < all; i++) {
        this.server.held.take();
      }

      Response first = application.get("/greeter?streams=true");
      assertThat(first.at("streams", "total")).isEqualTo(all);
      assertThat(first.at("streams", "streams"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .hasSize(StreamPage.DEFAULT_LIMIT);
      assertThat(application.get("/greeter?streams=true&limit=" + all).at("streams", "streams"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .hasSize(all);
      assertThat(application.get("/greeter?streams=true&limit=" + (all + 1)).status())
          .isEqualTo(400);
    }
  }

  // Values

  @ParameterizedTest
  @CsvSource({"never, ******", "when-authorized, ******", "always, abc"})
  void secretsAreShownToAuthorizedUsersOnly(String show, String shown) {
    try (EndpointApplication application = start(
        Plain.class,
        this.address,
        "grpc.client.targets.greeter.credentials.bearer.token=abc",
        "grpc.client.targets.greeter.metadata.x-key=abc",
        "grpc.client.defaults.proxy.password=abc",
        "grpc.client.defaults.proxy.username=abc",
        "grpc.client.defaults.proxy.address=localhost:1",
        "grpc.client.defaults.deadline=5s",
        "management.endpoint.grpcclients.show-values=" + show)) {
      Response client = application.get("/greeter");

      for (String key : List.of(
          "credentials.bearer.token", "metadata.x-key", "proxy.password", "proxy.username")) {
        assertThat(client.at("configuration", "settings", key, "value"))
            .as(key)
            .isIn(shown, List.of(shown));
        assertThat(client.at("configuration", "settings", key, "origin"))
            .as(key)
            .isNotNull();
      }
      assertThat(client.at("configuration", "settings", "deadline", "value")).isEqualTo("5s");
      assertThat(client.body().contains("abc")).isEqualTo(shown.equals("abc"));
    }
  }

  @Test
  void functionsOfTheApplicationSanitizeEveryValue() {
    try (EndpointApplication application = start(
        WithFunctions.class, this.address, "grpc.client.targets.greeter.user-agent=greetings")) {
      Response client = application.get("/greeter");

      assertThat(client.at("configuration", "settings", "address", "value")).isEqualTo("******");
      assertThat(client.at("configuration", "settings", "user-agent", "value"))
          .as("a function that throws")
          .isEqualTo("******");
      assertThat(client.at("configuration", "settings", "idle.timeout", "value"))
          .isEqualTo("30m");
    }
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class WithFunctions {

    @Bean
    SanitizingFunction addresses() {
      return SanitizingFunction.sanitizeValue().ifKeyEquals("grpc.client.targets.greeter.address");
    }

    @Bean
    SanitizingFunction broken() {
      return data -> {
        if (data.getKey().endsWith("user-agent")) {
          throw new AssertionError("of the application");
        }
        return data;
      };
    }
  }

  // Operations

  @Test
  void operationsAreOffByDefault() {
    try (EndpointApplication application = start(Plain.class, this.address)) {
      assertThat(application.post("/greeter", "{\"operation\":\"drain\"}").status())
          .isEqualTo(405);
    }
  }

  @Test
  void drainReplacesConnectionsAndCallsFinish() throws Exception {
    try (EndpointApplication application = start(Plain.class, this.address, UNRESTRICTED)) {
      ClientConn channel = application.context.getBean(ClientConn.class);
      Future<HealthCheckResponse> inFlight = HealthGrpc.newFutureStub(channel)
          .check(HealthCheckRequest.newBuilder().setService("held").build());
      StreamObserver<HealthCheckResponse> held = this.server.held.take();
      this.server.connections.acquire();

      Response response = application.post("/greeter", "{\"operation\":\"drain\"}");

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("{\"client\":\"greeter\",\"operation\":\"drain\"}");
      this.server.connections.acquire();
      call(application);
      held.onNext(HealthServer.serving());
      held.onCompleted();
      assertThat(inFlight.get()).isEqualTo(HealthServer.serving());
    }
  }

  @Test
  void resetBackoffDoesNotChangeAnIdleClient() {
    try (EndpointApplication application = start(Plain.class, this.address, UNRESTRICTED)) {
      assertThat(
              application.post("/greeter", "{\"operation\":\"RESET_BACKOFF\"}").body())
          .isEqualTo("{\"client\":\"greeter\",\"operation\":\"reset-backoff\"}");
      assertThat(application.get("").at("clients", "greeter", "state")).isEqualTo("IDLE");
    }
  }

  @Test
  void mistakesOfRequestsAreDescribed() {
    try (EndpointApplication application = start(Plain.class, this.address, UNRESTRICTED)) {
      Response operation = application.post("/greeter", "{\"operation\":\"restart\"}");
      assertThat(operation.status()).isEqualTo(400);
      assertThat(operation.at("message"))
          .isEqualTo("There is no operation 'restart'. Operations: reset-backoff, drain.");
      assertThat(application.post("/nobody", "{\"operation\":\"drain\"}").status())
          .isEqualTo(404);
      assertThat(application.post("/greeter", "{}").status()).isEqualTo(400);
      Response limit = application.get("/greeter?streams=true&limit=0");
      assertThat(limit.status()).isEqualTo(400);
      assertThat(limit.at("message"))
          .isEqualTo("'limit' is 0; it must be at least 1 and at most 10000.");
      assertThat(application.get("/greeter?streams=true&offset=-1").status()).isEqualTo(400);
      assertThat(application.get("/greeter?streams=true&offset=many").status()).isEqualTo(400);
    }
  }

  @Test
  void clientThatWasShutDownIsShownAndTakesNoOperations() {
    try (EndpointApplication application = start(Plain.class, this.address, UNRESTRICTED)) {
      call(application);
      application.context.getBean(ClientConn.class).shutdownNow();

      assertThat(application.get("").at("clients", "greeter", "state")).isEqualTo("SHUTDOWN");
      assertThat(application.get("/greeter").status()).isEqualTo(200);
      Response drain = application.post("/greeter", "{\"operation\":\"drain\"}");
      assertThat(drain.status()).isEqualTo(409);
      assertThat(drain.at("message")).isEqualTo("The gRPC client 'greeter' was shut down.");
    }
  }

  @Test
  void operationsAtTheSameTimeLoseNoCall() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (EndpointApplication application = start(Plain.class, this.address, UNRESTRICTED)) {
      call(application);
      List<Future<?>> drains = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        drains.add(threads.submit(() -> {
          assertThat(application.post("/greeter", "{\"operation\":\"drain\"}").status())
              .isEqualTo(200);
          call(application);
        }));
      }
      for (Future<?> drain : drains) {
        drain.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  // Places

  @Test
  void managementPortOfItsOwnShowsTheClientsOfTheApplication() {
    try (EndpointApplication application =
        start(Plain.class, this.address, "management.server.port=0")) {
      assertThat(application.get("").at("clients", "greeter", "state")).isEqualTo("IDLE");
      assertThat(application.get("/greeter").at("configuration", "settings", "address", "value"))
          .isEqualTo(this.server.address());
    }
  }

  @Test
  void listOfManyClientsIsSortedByName() {
    try (EndpointApplication application = start(
        Plain.class,
        "grpc.client.targets.prices.address=localhost:1",
        "grpc.client.targets.greeter.address=localhost:1",
        "grpc.client.targets.orders.address=localhost:1")) {
      assertThat(application.context.getBean(ClientConnRegistry.class).channels())
          .hasSize(3);
      assertThat(application.get("").json().get("clients"))
          .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
          .containsOnlyKeys("greeter", "orders", "prices");
      assertThat(application.get("").body()).containsSubsequence("greeter", "orders", "prices");
    }
  }

  private static EndpointApplication start(Class<?> configuration, String... properties) {
    return EndpointApplication.start(WebApplicationType.SERVLET, configuration, properties);
  }

  private static void call(EndpointApplication application) {
    HealthGrpc.newBlockingStub(application.context.getBean(ClientConn.class))
        .check(HealthCheckRequest.getDefaultInstance());
  }
}
