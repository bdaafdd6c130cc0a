// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Starts beside the starter of another project. */
@ExtendWith(OutputCaptureExtension.class)
class OtherStarterTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=localhost:9090");

  @ParameterizedTest
  @EnumSource
  void bothStartAndOneWarningNamesTheOther(OtherStarter other, CapturedOutput output) {
    beside(other)
        .withPropertyValues("grpc.client.channels[0].authority=localhost:1")
        .run(context -> {
          assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class);
          assertThat(output)
              .containsOnlyOnce("There are two starters of gRPC clients on the classpath")
              .contains(other == OtherStarter.NET_DEVH ? "net.devh:grpc-client" : "danielliu1123");
        });
  }

  @ParameterizedTest
  @EnumSource
  void keysOfTargetsAreStillChecked(OtherStarter other) {
    FailureAnalysis analysis =
        StartFailure.of(beside(other).withPropertyValues("grpc.client.targets.greeter.deadlin=1s"));

    assertThat(analysis.getDescription()).contains("Did you mean 'deadline'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"enabled=true", "migration=report"})
  void keyThatTheStarterOfNetDevhCannotReadFailsTheStart(String line) {
    FailureAnalysis analysis =
        StartFailure.of(beside(OtherStarter.NET_DEVH).withPropertyValues("grpc.client." + line));

    assertThat(analysis.getDescription())
        .contains("Property: grpc.client." + line.replaceFirst("=.*", ""))
        .contains("The starter of net.devh, which is on the classpath too, takes it for a client");
  }

  @Test
  void nothingIsSaidWithoutAnother(CapturedOutput output) {
    this.runner.withPropertyValues("grpc.client.enabled=true").run(context -> {
      assertThat(context).hasNotFailed();
      assertThat(output).doesNotContain("two starters");
    });
  }

  private ApplicationContextRunner beside(OtherStarter other) {
    return this.runner.withClassLoader(new WithClass(other.autoConfiguration()));
  }
}
