// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials.oauth2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import dev.clientconn.boot.autoconfigure.credentials.TokenSources;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

class OAuth2CredentialsTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final HealthServer server = HealthServer.start();

  private final List<String> requests = new CopyOnWriteArrayList<>();

  private final CountDownLatch release = new CountDownLatch(1);

  private HttpServer authorization;

  private volatile int code = 200;

  private volatile String body =
      "{\"access_token\":\"abc\",\"token_type\":\"bearer\",\"expires_in\":3600}";

  OAuth2CredentialsTest() throws IOException {
    this.authorization =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void startAuthorizationServer() {
    this.authorization.createContext("/token", exchange -> {
      this.requests.add(
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      if (this.code == 0) {
        await(this.release);
      }
      byte[] response = this.body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(this.code == 0 ? 200 : this.code, response.length);
      exchange.getResponseBody().write(response);
      exchange.close();
    });
    this.authorization.start();
  }

  @AfterEach
  void stopServers() {
    this.release.countDown();
    this.authorization.stop(0);
    this.server.close();
  }

  @Test
  void tokenIsRequestedOnceAndSent() {
    runner().run(context -> {
      ClientConn channel = context.getBean(ClientConn.class);
      assertThat(status(channel).isOk()).isTrue();
      assertThat(status(channel).isOk()).isTrue();
      assertThat(this.server.headers)
          .extracting(headers -> headers.get(AUTHORIZATION))
          .containsExactly("Bearer abc", "Bearer abc");
      assertThat(this.requests)
          .singleElement()
          .asString()
          .contains("grant_type=client_credentials");
    });
  }

  @Test
  void authorizationServerThatIsDownEndsTheCalls() {
    // Not the port of a server that was stopped, which another process may have by then.
    runner(registration("orders").tokenUri("http://localhost:1/token").build()).run(context -> {
      Status status = status(context.getBean(ClientConn.class));
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription())
          .startsWith("The OAuth2 token of the gRPC target 'greeter' could not be obtained: ");
      assertThat(this.server.headers).isEmpty();
    });
  }

  @Test
  void authorizationServerThatDoesNotRespondEndsTheCalls() {
    this.code = 0;

    runner()
        .withPropertyValues("grpc.client.targets.greeter.credentials.oauth2.timeout=50ms")
        .run(context -> assertThat(status(context.getBean(ClientConn.class)).getCode())
            .isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void refusalEndsTheCallsAsUnauthenticated() {
    this.code = 401;
    this.body = "{\"error\":\"invalid_client\"}";

    runner().run(context -> {
      Status status = status(context.getBean(ClientConn.class));
      assertThat(status.getCode()).as("%s", status).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(status.getDescription()).contains("'orders'").contains("invalid_client");
    });
  }

  @Test
  void unknownRegistrationShowsTheNearest() {
    FailureAnalysis analysis = StartFailure.of(runner(), """
        grpc.client.targets.other:
          address: localhost:1
          credentials.oauth2.registration-id: ordrs
        """);

    assertThat(analysis.getDescription())
        .contains("There is no registration 'ordrs'")
        .contains("Did you mean 'orders'? Registrations: orders.");
  }

  @Test
  void registrationOfAnotherGrantTypeIsRejected() {
    FailureAnalysis analysis = StartFailure.of(runner(registration("orders")
        .authorizationGrantType(AuthorizationGrantType.JWT_BEARER)
        .build()));

    assertThat(analysis.getDescription())
        .contains("its grant type is urn:ietf:params:oauth:grant-type:jwt-bearer,");
  }

  @Test
  void withoutSpringSecurityTheStartFailsWithTheDependency() {
    FailureAnalysis analysis = StartFailure.of(new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientOAuth2AutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader("org.springframework.security"))
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter.credentials.oauth2.registration-id=orders"));

    assertThat(analysis.getDescription()).contains("spring-boot-starter-oauth2-client");
  }

  @Test
  void nothingIsConfiguredWithoutRegistrationsOrSpringWeb() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientOAuth2AutoConfiguration.class))
        .run(context -> assertThat(context).doesNotHaveBean(TokenSources.class));
    runner()
        .withPropertyValues("grpc.client.targets.greeter.credentials.enabled=false")
        .withClassLoader(new FilteredClassLoader("org.springframework.web"))
        .run(context -> assertThat(context).doesNotHaveBean(TokenSources.class));
  }

  private ApplicationContextRunner runner() {
    return runner(registration("orders").build());
  }

  private ApplicationContextRunner runner(ClientRegistration registration) {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientOAuth2AutoConfiguration.class))
        .withBean(
            ClientRegistrationRepository.class,
            () -> new InMemoryClientRegistrationRepository(registration))
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.credentials.oauth2.registration-id=orders",
            "grpc.client.targets.greeter.credentials.oauth2.timeout=60s");
  }

  private ClientRegistration.Builder registration(String id) {
    return ClientRegistration.withRegistrationId(id)
        .clientId("shop")
        .clientSecret("secret")
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .tokenUri("http://localhost:" + this.authorization.getAddress().getPort() + "/token");
  }

  private static Status status(ClientConn channel) {
    try {
      HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
      return Status.OK;
    } catch (StatusRuntimeException failure) {
      return failure.getStatus();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
