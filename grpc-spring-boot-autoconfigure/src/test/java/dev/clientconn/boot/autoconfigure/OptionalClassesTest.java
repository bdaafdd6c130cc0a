// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.util.ClassUtils;

/** Starts applications in which optional libraries, or classes of them, are missing. */
class OptionalClassesTest {

  private static final String TARGET = "grpc.client.targets.greeter.address=localhost:1";

  static Stream<Arguments> optionalClasses() {
    return autoConfigurations().stream()
        .flatMap(each -> optionalClasses(each).map(optional -> Arguments.of(each, optional)));
  }

  @ParameterizedTest
  @MethodSource("optionalClasses")
  void autoConfigurationBacksOffWithoutAClassThatItNeeds(String autoConfiguration, String missing) {
    runner(new FilteredClassLoader(name -> name.equals(missing))).run(context -> {
      assertThat(context).hasNotFailed();
      assertThat(context.containsBean(autoConfiguration)).isFalse();
      assertThat(context).hasSingleBean(ClientConn.class);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.micrometer",
        "org.springframework.security",
        "org.springframework.cloud",
        "org.springframework.grpc",
        "org.springframework.boot.grpc",
        "org.springframework.boot.actuate",
        "org.springframework.web",
        "jakarta.servlet",
        "reactor",
        "io.grpc.stub",
        "io.grpc.inprocess",
        "org.testcontainers",
        "org.springframework.boot.docker",
        "org.springframework.boot.testcontainers",
      })
  void applicationStartsWithoutALibrary(String packages) {
    runner(new FilteredClassLoader(packages)).run(context -> {
      assertThat(context).hasNotFailed();
      assertThat(context).hasSingleBean(ClientConn.class);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.micrometer",
        "org.springframework.security",
        "org.springframework.boot.actuate",
        "org.springframework.web.servlet",
        "reactor",
      })
  void webApplicationStartsWithoutALibrary(String packages) {
    new WebApplicationContextRunner()
        .withConfiguration(all())
        .withPropertyValues(TARGET)
        .withClassLoader(new FilteredClassLoader(packages))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void applicationStartsWithoutAnyOptionalLibrary() {
    runner(new FilteredClassLoader(
            "io.micrometer",
            "org.springframework.security",
            "org.springframework.cloud",
            "org.springframework.grpc",
            "org.springframework.boot.grpc",
            "org.springframework.boot.actuate",
            "org.springframework.boot.docker",
            "org.springframework.boot.testcontainers",
            "org.springframework.web",
            "org.testcontainers",
            "jakarta.servlet",
            "reactor",
            "io.grpc.inprocess"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(context).hasSingleBean(ClientConn.class);
        });
  }

  private static ApplicationContextRunner runner(ClassLoader classLoader) {
    return new ApplicationContextRunner()
        .withConfiguration(all())
        .withPropertyValues(TARGET)
        .withClassLoader(classLoader);
  }

  private static AutoConfigurations all() {
    return AutoConfigurations.of(autoConfigurations().stream()
        .map(name -> ClassUtils.resolveClassName(name, null))
        .toArray(Class<?>[]::new));
  }

  private static List<String> autoConfigurations() {
    return ImportCandidates.load(AutoConfiguration.class, null).getCandidates().stream()
        .filter(each -> each.startsWith("dev.clientconn"))
        .toList();
  }

  /** Reads the classes of an annotation without loading them. Our own are never missing. */
  private static Stream<String> optionalClasses(String autoConfiguration) {
    AnnotationMetadata metadata;
    try {
      metadata = MetadataReaderFactory.create((ClassLoader) null)
          .getMetadataReader(autoConfiguration)
          .getAnnotationMetadata();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, @Nullable Object> attributes =
        metadata.getAnnotationAttributes(ConditionalOnClass.class.getName(), true);
    return attributes == null
        ? Stream.empty()
        : Stream.of("value", "name")
            .flatMap(key -> Arrays.stream((String[]) attributes.getOrDefault(key, new String[0])))
            .filter(name -> !name.startsWith("dev.clientconn."));
  }
}
