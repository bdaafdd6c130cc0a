// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.Channel;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

/** Checks the messages of a start that fails. */
class GrpcClientFailureAnalyzerTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class));

  private @Nullable ConfigurableApplicationContext context;

  @Test
  void undecidedSecurityShowsTheThreeChoices() {
    FailureAnalysis analysis = analysisOf(this.runner.withPropertyValues(
        "grpc.client.targets.greeter.address=static://localhost:1,greeter.example:9090"));

    assertThat(analysis.getDescription())
        .startsWith("It is not configured whether calls to the gRPC target 'greeter'"
            + " (static://localhost:1,greeter.example:9090) use TLS. Without configuration,"
            + " only hosts of this machine are called in plaintext. Not known to be one:"
            + " greeter.example.");
    assertThat(analysis.getAction()).isEqualTo("""
            With TLS and the certificate authorities of the JVM:

                grpc:
                  client:
                    targets:
                      greeter:
                        ssl:
                          enabled: true

            With TLS and your own certificates from spring.ssl.bundle:

                grpc:
                  client:
                    targets:
                      greeter:
                        ssl:
                          bundle: <name of the bundle>

            Without TLS, so that anyone on the network path can read and change the calls:

                grpc:
                  client:
                    targets:
                      greeter:
                        ssl:
                          enabled: false
            """);
  }

  @Test
  void undecidedSecurityOfAnAddressPointsToTheDefaults() {
    FailureAnalysis analysis =
        analysisOf(this.runner.withUserConfiguration(WantsRemoteAddress.class));

    assertThat(analysis.getDescription()).contains("dns:///greeter.example:9090");
    assertThat(analysis.getAction()).contains("""
                grpc:
                  client:
                    defaults:
                      ssl:
                        enabled: true
            """);
  }

  @Test
  void missingAddressShowsWhereItGoes() {
    FailureAnalysis analysis =
        analysisOf(this.runner.withPropertyValues("grpc.client.targets.greeter.deadline=1s"));

    assertThat(analysis.getDescription())
        .startsWith("The gRPC target 'greeter' has settings but no address.");
    assertThat(analysis.getAction()).isEqualTo("""
            Configure the address:

                grpc:
                  client:
                    targets:
                      greeter:
                        address: dns:///<host>:<port>

            If 'greeter' is not one of your targets, check the spelling of the names. \
            Leave out dashes in environment variables: the target my-service is \
            GRPC_CLIENT_TARGETS_MYSERVICE_ADDRESS.""");
  }

  @Test
  void twoSpellingsOfOneNameAreShown() {
    FailureAnalysis analysis = analysisOf(this.runner.withPropertyValues(
        "grpc.client.targets.order-service.address=localhost:1",
        "grpc.client.targets.orderService.address=localhost:2"));

    assertThat(analysis.getDescription())
        .contains("'order-service'")
        .contains("'orderService'")
        .contains("are the same, because case and dashes of a name do not matter");
    assertThat(analysis.getAction())
        .isEqualTo("Merge the two below grpc.client.targets, or rename one of them.");
  }

  @Test
  void unknownNameShowsTheNearestOneAndTheLinesToAdd() {
    FailureAnalysis analysis = analysisOf(this.runner
        .withUserConfiguration(WantsUnknownName.class)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.prices.address=localhost:2"));

    assertThat(analysis.getDescription())
        .startsWith("@GrpcClient(\"gretter\") in ")
        .contains("WantsUnknownName")
        .endsWith("is not the name of a gRPC target. Configured below grpc.client.targets: greeter,"
            + " prices.");
    assertThat(analysis.getAction()).isEqualTo("""
            Did you mean 'greeter'? If not, configure the target:

                grpc:
                  client:
                    targets:
                      gretter:
                        address: dns:///<host>:<port>

            You can also use an address as the name, for example dns:///<host>:<port>.""");
  }

  @Test
  void unknownNameOfASetterIsExplainedToo() {
    FailureAnalysis analysis =
        analysisOf(this.runner.withUserConfiguration(WantsUnknownNameInSetter.class));

    assertThat(analysis.getDescription())
        .contains("setStub")
        .endsWith("No targets are configured below grpc.client.targets.");
    assertThat(analysis.getAction()).startsWith("Configure the target:");
  }

  @Test
  void switchedOffClientsAreExplained() {
    FailureAnalysis analysis = analysisOf(this.runner
        .withUserConfiguration(WantsUnknownName.class)
        .withPropertyValues("grpc.client.enabled=false"));

    assertThat(analysis.getDescription())
        .endsWith("finds no client, because grpc.client.enabled is false.");
  }

  @Test
  void typeThatIsNoClientIsExplained() {
    FailureAnalysis analysis = analysisOf(this.runner
        .withUserConfiguration(WantsStrings.class)
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1"));

    assertThat(analysis.getDescription())
        .contains("@GrpcClient(\"greeter\") cannot inject java.util.List in ")
        .endsWith("it is neither a stub nor a channel.");
    assertThat(analysis.getAction()).contains("io.grpc.Channel");
  }

  @Test
  void placeholderWithoutValueFailsTheStart() {
    this.runner
        .withUserConfiguration(WantsPlaceholder.class)
        .run(context -> assertThat(context).getFailure().hasMessageContaining("no.such.key"));
  }

  @Test
  void failuresOfOthersAreLeftToOthers() {
    remembering(this.runner)
        .withUserConfiguration(WantsSomethingElse.class)
        .run(context -> assertThat(analyze(context)).isNull());
  }

  private ApplicationContextRunner remembering(ApplicationContextRunner failing) {
    return failing.withInitializer(initialized -> this.context = initialized);
  }

  private FailureAnalysis analysisOf(ApplicationContextRunner failing) {
    List<FailureAnalysis> analyses = new ArrayList<>();
    remembering(failing).run(context -> {
      assertThat(context).hasFailed();
      Optional.ofNullable(analyze(context)).ifPresent(analyses::add);
    });
    assertThat(analyses).hasSize(1);
    return analyses.get(0);
  }

  private @Nullable FailureAnalysis analyze(AssertableApplicationContext context) {
    Throwable failure = context.getStartupFailure();
    assertThat(failure).isNotNull();
    return ourAnalyzers().stream()
        .map(analyzer -> analyzer.analyze(failure))
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private List<FailureAnalyzer> ourAnalyzers() {
    assertThat(this.context).isNotNull();
    ArgumentResolver arguments = ArgumentResolver.of(
            Environment.class, this.context.getEnvironment())
        .and(BeanFactory.class, this.context.getBeanFactory());
    return SpringFactoriesLoader.forDefaultResourceLocation()
        .load(FailureAnalyzer.class, arguments, (type, name, failure) -> {})
        .stream()
        .filter(each -> each.getClass().getName().startsWith("dev.clientconn"))
        .toList();
  }

  static class WantsRemoteAddress {

    @GrpcClient("dns:///greeter.example:9090")
    @Nullable
    Channel channel;
  }

  static class WantsUnknownName {

    WantsUnknownName(@GrpcClient("gretter") HealthBlockingStub stub) {}
  }

  static class WantsUnknownNameInSetter {

    @GrpcClient("gretter")
    void setStub(HealthBlockingStub stub) {}
  }

  static class WantsStrings {

    WantsStrings(@GrpcClient("greeter") List<String> strings) {}
  }

  static class WantsPlaceholder {

    WantsPlaceholder(@GrpcClient("${no.such.key}") HealthBlockingStub stub) {}
  }

  static class WantsSomethingElse {

    WantsSomethingElse(Runnable task) {}
  }
}
