// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import io.grpc.BindableService;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Loads contexts that must not start. The classes are no tests by themselves. */
class GrpcTestServerMistakesTest {

  @Test
  void targetThatIsNotConfiguredIsReportedWithTheNearestName() {
    assertThat(Contexts.failure(UnknownTarget.class))
        .isInstanceOf(UnknownGrpcTargetException.class)
        .hasMessageStartingWith("@GrpcTestServer on " + UnknownTarget.class.getName()
            + " names the target 'gretr', which is not configured.")
        .hasMessageContaining("greeter, order-service")
        .satisfies(failure -> assertThat(action(failure)).startsWith("Did you mean 'greeter'?"));
  }

  @Test
  void twoServersForOneTargetAreReported() {
    assertThat(Contexts.failure(SharedTarget.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("name the target 'Greeter'");
  }

  @Test
  void twoServersForAllTargetsAreReported() {
    assertThat(Contexts.failure(TwoForAll.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("name no targets, so each would replace all");
  }

  @Test
  void serverForNoTargetIsReported() {
    assertThat(Contexts.failure(NothingLeft.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("other servers name all of [greeter, order-service]");
  }

  @Test
  void serverWithoutServicesIsReported() {
    assertThat(Contexts.failure(NoServices.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("has no services")
        .satisfies(failure ->
            assertThat(action(failure)).contains("@GrpcTestServer(services = FakeGreeter.class)"));
  }

  @Test
  void twoServicesOfOneNameAreReported() {
    assertThat(Contexts.failure(SameService.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("several services of the name clientconn.test.v1.Greeter")
        .hasMessageContaining("first")
        .hasMessageContaining("second");
  }

  @Test
  void certificateWithoutAKeyIsReported() {
    assertThat(Contexts.failure(NoKey.class))
        .isInstanceOf(InvalidTestServerException.class)
        .hasMessageContaining("TLS requires both");
  }

  @Test
  void missingCertificateFileIsReported() {
    assertThat(Contexts.failure(NoFile.class)).hasMessageContaining("absent.crt");
  }

  private static String action(Throwable failure) {
    return ((GrpcClientConfigurationException) failure).getAction();
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(targets = "gretr", services = FakeGreeter.class)
  static class UnknownTarget {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(targets = "greeter", services = FakeGreeter.class)
  @GrpcTestServer(targets = "Greeter", services = FakePrices.class)
  static class SharedTarget {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  @GrpcTestServer(services = FakePrices.class)
  static class TwoForAll {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(
      targets = {"greeter", "order-service"},
      services = FakeGreeter.class)
  @GrpcTestServer(services = FakePrices.class)
  static class NothingLeft {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer
  static class NoServices {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer
  @Import(TwoFakes.class)
  static class SameService {}

  @Configuration(proxyBeanMethods = false)
  static class TwoFakes {

    @Bean
    BindableService first() {
      return new FakeGreeter();
    }

    @Bean
    BindableService second() {
      return new FakeGreeter();
    }
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class, certificateChain = "classpath:tls/server.crt")
  static class NoKey {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(
      services = FakeGreeter.class,
      certificateChain = "classpath:tls/absent.crt",
      privateKey = "classpath:tls/server.key")
  static class NoFile {}
}
