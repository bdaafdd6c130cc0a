// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Checks that each mistake with {@link GrpcClient} fails the start, with the place and the remedy.
 */
@NullUnmarked
class InjectionMistakesTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=localhost:1");

  @ParameterizedTest
  @ValueSource(classes = {StaticField.class, StaticSetter.class})
  void staticMemberFailsTheStart(Class<?> bean) {
    FailureAnalysis analysis = analysisOf(bean);

    assertThat(analysis.getDescription())
        .startsWith("@GrpcClient(\"greeter\") is on ")
        .contains(bean.getName())
        .endsWith("which is static. Spring does not inject static members.");
    assertThat(analysis.getAction()).contains("Remove 'static'");
  }

  @Test
  void setterWithTwoParametersFailsTheStart() {
    FailureAnalysis analysis = analysisOf(TwoParameters.class);

    assertThat(analysis.getDescription())
        .contains("TwoParameters.set(")
        .endsWith("which has 2 parameters. It can be on a method with one parameter.");
    assertThat(analysis.getAction())
        .contains("in front of the parameter that is the client, and @Autowired on the method");
  }

  @ParameterizedTest
  @ValueSource(classes = {LazyParameter.class, LazyField.class, LazyConstructor.class})
  void lazyProxyOfAStubFailsTheStart(Class<?> bean) {
    FailureAnalysis analysis = analysisOf(bean);

    assertThat(analysis.getDescription())
        .startsWith("@Lazy next to @GrpcClient(\"greeter\") in ")
        .endsWith("HealthBlockingStub, which is final.");
    assertThat(analysis.getAction()).contains("Remove @Lazy", "ObjectProvider<HealthBlockingStub>");
  }

  @Test
  void lazyProviderAndLazyBeanMethodAreNoMistakes() {
    this.runner
        .withUserConfiguration(LazyProvider.class, LazyBeanMethod.class)
        .run(context -> assertThat(context).hasNotFailed().hasBean("holder"));
  }

  @Test
  void placeholderWithoutValueShowsTheInjectionPoint() {
    FailureAnalysis analysis = analysisOf(WithPlaceholder.class);

    assertThat(analysis.getDescription())
        .startsWith("@GrpcClient(\"${no.such.key}\") in ")
        .contains("WithPlaceholder")
        .endsWith("has a placeholder without a value.");
    assertThat(analysis.getAction()).contains("${<property>:<name of a target>}");
  }

  @Test
  void emptyNameShowsWhereToWriteOne() {
    FailureAnalysis analysis = analysisOf(WithoutName.class);

    assertThat(analysis.getDescription()).contains("WithoutName", "greeter");
    assertThat(analysis.getAction())
        .startsWith("Write a name between the quotes, and configure the target:")
        .contains("          <name>:\n");
  }

  @Test
  void unknownNameWithDotsIsPrintedInBrackets() {
    FailureAnalysis analysis = analysisOf(WithDots.class);

    assertThat(analysis.getAction()).contains("\"[greeter.v1]\":\n");
  }

  @Test
  void classBehindAnInterfaceIsExplained() {
    FailureAnalysis analysis = analysisOf(MadeAsInterface.class);

    assertThat(analysis.getDescription())
        .contains("finds no client, because the @Bean method of 'task' does not return")
        .endsWith("more general type, so that the class was not searched.");
    assertThat(analysis.getAction())
        .startsWith("Let the @Bean method return " + Task.class.getName())
        .contains("in front of a parameter of the @Bean method");
  }

  @Test
  void stubWithoutTheAnnotationIsExplained() {
    FailureAnalysis analysis = analysisOf(PlainStub.class);

    assertThat(analysis.getDescription())
        .contains("PlainStub", HealthBlockingStub.class.getName() + " but no @GrpcClient");
    assertThat(analysis.getAction()).startsWith("Put @GrpcClient(\"greeter\") in front of it.");
  }

  @Test
  void stubWithoutTheAnnotationIsExplainedWhileAnotherBeanHasTheStub() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner.withUserConfiguration(PlainStub.class, LazyProvider.class));

    assertThat(analysis.getDescription()).contains("but no @GrpcClient");
  }

  @Test
  void annotationThatLombokDidNotCopyIsExplained() {
    FailureAnalysis analysis = analysisOf(FinalField.class);

    assertThat(analysis.getDescription())
        .endsWith("The field 'stub' has it, but Spring calls the constructor first, and its"
            + " parameter does not.");
    assertThat(analysis.getAction())
        .contains("lombok.copyableAnnotations += dev.clientconn.boot.GrpcClient");
  }

  @Test
  void beanMethodThatHasTheAnnotationIsExplained() {
    FailureAnalysis analysis = analysisOf(OnBeanMethod.class);

    assertThat(analysis.getDescription()).startsWith("The @Bean method 'task' of ");
    assertThat(analysis.getAction()).contains("task(@GrpcClient(\"<name of the target>\")");
  }

  private FailureAnalysis analysisOf(Class<?> bean) {
    return StartFailure.of(this.runner.withUserConfiguration(bean));
  }

  static class StaticField {

    @GrpcClient("greeter")
    static HealthBlockingStub stub;
  }

  static class StaticSetter {

    @GrpcClient("greeter")
    static void setStub(HealthBlockingStub stub) {}
  }

  static class TwoParameters {

    @GrpcClient("greeter")
    void set(HealthBlockingStub stub, Runnable task) {}
  }

  static class LazyParameter {

    LazyParameter(@Lazy @GrpcClient("greeter") HealthBlockingStub stub) {}
  }

  static class LazyField {

    @Lazy
    @GrpcClient("greeter")
    HealthBlockingStub stub;
  }

  static class LazyConstructor {

    @Lazy
    LazyConstructor(@GrpcClient("greeter") HealthBlockingStub stub) {}
  }

  static class LazyProvider {

    LazyProvider(@Lazy @GrpcClient("greeter") ObjectProvider<HealthBlockingStub> stub) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class LazyBeanMethod {

    @Bean
    @Lazy
    Task holder(@GrpcClient("greeter") HealthBlockingStub stub) {
      return new Task();
    }
  }

  static class WithPlaceholder {

    WithPlaceholder(@GrpcClient("${no.such.key}") HealthBlockingStub stub) {}
  }

  static class WithoutName {

    WithoutName(@GrpcClient("") HealthBlockingStub stub) {}
  }

  static class WithDots {

    WithDots(@GrpcClient("greeter.v1") HealthBlockingStub stub) {}
  }

  static class Task implements Runnable {

    @Autowired
    Task() {}

    @GrpcClient("greeter")
    HealthBlockingStub stub;

    @Override
    public void run() {}
  }

  @Configuration(proxyBeanMethods = false)
  static class MadeAsInterface {

    @Bean
    Runnable task() {
      return new Task();
    }
  }

  static class PlainStub {

    PlainStub(HealthBlockingStub stub) {}
  }

  static class FinalField {

    @GrpcClient("greeter")
    final HealthBlockingStub stub;

    FinalField(HealthBlockingStub stub) {
      this.stub = stub;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OnBeanMethod {

    @Bean
    @GrpcClient("greeter")
    Runnable task() {
      return () -> {};
    }
  }
}
