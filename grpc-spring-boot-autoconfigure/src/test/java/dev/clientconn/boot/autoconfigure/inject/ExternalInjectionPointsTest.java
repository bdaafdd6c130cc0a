// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.bean.override.convention.TestBean;

@NullUnmarked
@ExtendWith(OutputCaptureExtension.class)
class ExternalInjectionPointsTest {

  @Test
  void clientsOfTheClassAreDefined() {
    run(Plain.class, context -> {
      Plain plain = new Plain();
      context.getAutowireCapableBeanFactory().autowireBean(plain);
      assertThat(plain.greeter.getChannel().authority()).isEqualTo("localhost:1");
    });
  }

  @Test
  void clientsOfSuperclassesAndOfClassesAroundAreDefined() {
    run(Around.Inner.class, context -> {
      assertThat(context.getBeanNamesForType(HealthBlockingStub.class)).hasSize(1);
      assertThat(context.getBeanNamesForType(HealthFutureStub.class)).hasSize(1);
    });
  }

  @Test
  void unknownTargetFailsTheStartWithTheNearestName() {
    run(
        Misspelt.class,
        context -> assertThat(context)
            .getFailure()
            .isInstanceOfSatisfying(UnknownGrpcTargetException.class, unknown -> {
              assertThat(unknown)
                  .hasMessageContaining("@GrpcClient(\"gretr\") in ")
                  .hasMessageContaining("Misspelt.greeter is not the name of a gRPC target.");
              assertThat(unknown.getAction()).startsWith("Did you mean 'greeter'?");
            }));
  }

  @Test
  void optionalClientsOfUnknownTargetsAreEmpty() {
    run(Optionals.class, context -> {
      Optionals optionals = new Optionals();
      context.getAutowireCapableBeanFactory().autowireBean(optionals);
      assertThat(optionals.absent).isEmpty();
      assertThat(optionals.provider.getIfAvailable()).isNull();
    });
  }

  @Test
  void misplacedAnnotationFailsTheStart() {
    run(
        Misplaced.class,
        context ->
            assertThat(context).getFailure().isInstanceOf(MisplacedGrpcClientException.class));
  }

  @Test
  void replacementThatNoBeanInjectsIsWarnedOf(CapturedOutput output) {
    run(
        Replacing.class,
        context -> assertThat(output)
            .contains("@GrpcClient(\"Greeter\") in ")
            .contains("replaces a client that no bean injects")
            .contains("Beans inject: @GrpcClient(\"greeter\") HealthFutureStub."));
  }

  @Test
  void replacementOfAnInjectedClientIsNotWarnedOf(CapturedOutput output) {
    run(ReplacingWell.class, context -> assertThat(output).doesNotContain("no bean injects"));
  }

  @Test
  void classesThatNeedTheSameClientsAreEqual() {
    assertThat(ExternalInjectionPoints.find(Plain.class))
        .isEqualTo(ExternalInjectionPoints.find(Same.class))
        .hasSameHashCodeAs(ExternalInjectionPoints.find(Same.class))
        .isNotEqualTo(ExternalInjectionPoints.find(Misspelt.class));
    assertThat(ExternalInjectionPoints.find(ExternalInjectionPointsTest.class)).isEmpty();
  }

  private static void run(Class<?> type, Consumer<AssertableApplicationContext> assertions) {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .withBean(Injecting.class)
        .withInitializer(context ->
            ExternalInjectionPoints.find(type).orElseThrow().addTo(context.getBeanFactory()))
        .run(assertions::accept);
  }

  static class Injecting {

    Injecting(@GrpcClient("greeter") ObjectProvider<HealthFutureStub> greeter) {}
  }

  static class Plain {

    @GrpcClient("greeter")
    HealthBlockingStub greeter;
  }

  static class Same {

    @Autowired
    void set(@GrpcClient("greeter") HealthBlockingStub greeter) {}
  }

  static class Around extends Plain {

    @SuppressWarnings("ClassCanBeStatic") // The search differs for static classes.
    class Inner {

      @Autowired
      void test(@GrpcClient("greeter") HealthFutureStub greeter) {}
    }
  }

  static class Misspelt {

    @GrpcClient("gretr")
    HealthBlockingStub greeter;
  }

  static class Optionals {

    @GrpcClient("gretr")
    Optional<HealthBlockingStub> absent;

    @GrpcClient("gretr")
    ObjectProvider<HealthBlockingStub> provider;
  }

  static class Misplaced {

    @GrpcClient("greeter")
    static HealthBlockingStub greeter;
  }

  static class Replacing {

    @TestBean
    @GrpcClient("Greeter")
    HealthFutureStub greeter;
  }

  static class ReplacingWell {

    @TestBean
    @GrpcClient("greeter")
    HealthFutureStub greeter;
  }
}
