// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Calls a server whose certificate is self-signed and has another host name. */
@ExtendWith(OutputCaptureExtension.class)
class VerificationTest {

  private static final String BUNDLE = "spring.ssl.bundle.pem.mine.";

  @RegisterExtension
  private final HealthServer server = HealthServer.startWithTls();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.greeter.address=" + this.server.address(),
          "grpc.client.targets.greeter.authority=greeter.example");

  @Test
  void serverThatIsNotVerifiedIsCalledAndWarnedOf(CapturedOutput output) {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.enabled=true",
            "grpc.client.targets.greeter.ssl.verify=none")
        .run(context -> {
          check(context.getBean(Channel.class));

          assertThat(output)
              .containsOnlyOnce("does NOT verify")
              .contains("The gRPC target 'greeter' does NOT verify the certificate of its server")
              .contains("Property: grpc.client.targets.greeter.ssl.verify", "Value: \"none\"");
        });
  }

  @Test
  void verificationIsNotSkippedWithoutTheKey(CapturedOutput output) {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.enabled=true",
            "grpc.client.defaults.ssl.verify=none",
            "grpc.client.targets.greeter.ssl.verify=full")
        .run(context -> {
          assertThatExceptionOfType(StatusRuntimeException.class)
              .isThrownBy(() -> check(context.getBean(Channel.class)))
              .withMessageContaining("UNAVAILABLE");
          assertThat(output).doesNotContain("does NOT verify");
        });
  }

  @Test
  void verificationOfTheDefaultsIsWarnedOfForEachTarget(CapturedOutput output) {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.ssl.verify=none",
            "grpc.client.targets.greeter.ssl.enabled=true",
            "grpc.client.targets.plain.address=localhost:1",
            "grpc.client.targets.other.address=localhost:2",
            "grpc.client.targets.other.ssl.enabled=true")
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(output)
              .contains("'greeter' does NOT verify", "'other' does NOT verify")
              .contains("Property: grpc.client.defaults.ssl.verify")
              .doesNotContain("'plain' does NOT verify");
        });
  }

  @Test
  void keyOfTheBundleIdentifiesTheClientToAServerThatIsNotVerified() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.ssl.bundle=mine",
            "grpc.client.targets.greeter.ssl.verify=none",
            BUNDLE + "keystore.certificate=classpath:tls/server.crt",
            BUNDLE + "keystore.private-key=classpath:tls/server.key")
        .run(context -> {
          check(context.getBean(Channel.class));

          assertThat(this.server.sessions.get(0).getPeerPrincipal().getName())
              .isEqualTo("CN=localhost");
        });
  }

  @Test
  void targetsOfOneBundleAreVerifiedSeparately() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.ssl.bundle=mine",
            "grpc.client.targets.greeter.ssl.verify=none",
            "grpc.client.targets.careful.address=" + this.server.address(),
            "grpc.client.targets.careful.authority=greeter.example",
            BUNDLE + "truststore.certificate=classpath:tls/server.crt")
        .run(context -> {
          check(context.getBean("greeterClientConn", Channel.class));
          assertThatExceptionOfType(StatusRuntimeException.class)
              .isThrownBy(() -> check(context.getBean("carefulClientConn", Channel.class)))
              .withMessageContaining("for another host");
        });
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }
}
