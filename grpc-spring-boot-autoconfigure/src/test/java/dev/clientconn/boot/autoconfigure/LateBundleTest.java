// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts with SSL bundles, or files of them, that are not there when the channel is made. */
class LateBundleTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class));

  @TempDir
  private Path files;

  @Test
  void bundleOfARegistrarIsThereInTime() {
    this.runner
        .withUserConfiguration(Registrar.class)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:9090",
            "grpc.client.targets.greeter.ssl.bundle=mine")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void bundleThatIsRegisteredLaterFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(LateComponent.class), """
            grpc.client.targets.greeter:
              address: localhost:9090
              ssl.bundle: mine
            """);

    assertThat(analysis.getDescription())
        .startsWith("Invalid value 'mine' for configuration property"
            + " 'grpc.client.targets.greeter.ssl.bundle' (originating from"
            + " 'application.yml - 3:15')")
        .contains("register it in a bean of type SslBundleRegistrar");
  }

  @Test
  void missingFileFailsTheStart() {
    FailureAnalysis analysis = startWithFile();

    assertThat(analysis.getDescription())
        .startsWith("Invalid value 'mine' for configuration property"
            + " 'grpc.client.targets.greeter.ssl.bundle' (originating from"
            + " 'application.yml - 3:15')")
        .contains("This bundle cannot be used: ")
        .contains(this.files.resolve("late.crt").toString());
  }

  /** Spring Boot watches existing files only, whoever uses the bundle. */
  @Test
  void missingFileThatIsWatchedFailsTheStart() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:9090",
            "grpc.client.targets.greeter.ssl.bundle=mine",
            "spring.ssl.bundle.pem.mine.reload-on-update=true",
            "spring.ssl.bundle.pem.mine.truststore.certificate=file:"
                + this.files.resolve("late.crt"))
        .run(context -> assertThat(context)
            .getFailure()
            .hasStackTraceContaining(this.files.resolve("late.crt").toString()));
  }

  @Test
  void halfWrittenFileFailsTheStart() throws Exception {
    Files.writeString(this.files.resolve("late.crt"), "-----BEGIN CERTIFICATE-----\nMIIB");

    FailureAnalysis analysis = startWithFile();

    assertThat(analysis.getDescription()).contains("This bundle cannot be used: ");
  }

  private FailureAnalysis startWithFile() {
    return StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:9090
          ssl.bundle: mine
        spring.ssl.bundle.pem.mine:
          truststore.certificate: file:%s
        """.formatted(this.files.resolve("late.crt")));
  }

  @Configuration(proxyBeanMethods = false)
  static class Registrar {

    @Bean
    SslBundleRegistrar registrar() {
      return registry -> registry.registerBundle("mine", SslBundle.systemDefault());
    }
  }

  /** Registers its bundle when the channels have been made already. */
  @Configuration(proxyBeanMethods = false)
  static class LateComponent {

    LateComponent(SslBundleRegistry registry, ClientConn channel) {
      registry.registerBundle("mine", SslBundle.systemDefault());
    }
  }
}
