// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.connection.TargetConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Resolves the settings of targets from property sources that a test adds. */
final class SettingsFixture {

  private final StandardEnvironment environment = new StandardEnvironment();

  private ClassLoader classLoader = getClass().getClassLoader();

  /** Hides a class of a library that may be absent. */
  SettingsFixture without(Class<?> hidden) {
    this.classLoader = new FilteredClassLoader(hidden);
    return this;
  }

  /** Adds a YAML file of lower precedence than all sources so far. */
  SettingsFixture yaml(String yaml) {
    try {
      String name = "yaml" + this.environment.getPropertySources().size();
      new YamlPropertySourceLoader()
          .load(name, new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
          .forEach(this.environment.getPropertySources()::addLast);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds properties of lower precedence than all sources so far. */
  SettingsFixture properties(String... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    this.environment.getPropertySources().addLast(new MapPropertySource(pairs[0], map));
    return this;
  }

  /** Sets the environment variables. */
  SettingsFixture variables(Map<String, Object> variables) {
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    this.environment
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables));
    return this;
  }

  GrpcClientTargets targets() {
    return GrpcClientTargets.of(this.environment);
  }

  /** Throws for unknown keys. */
  void checkKeys() {
    KeyCheck.run(this.environment, this.classLoader);
  }

  /** Checks the keys, which translates those of net.devh's starter. */
  SettingsFixture checkedKeys() {
    checkKeys();
    return this;
  }

  NetDevhLayer netDevh() {
    return NetDevhLayer.apply(this.environment, this.classLoader);
  }

  TargetSettings settings(String name) {
    return all().settings(name);
  }

  InheritedSettings all() {
    return all(this.environment);
  }

  /** Resolves the settings of an environment, without connection details. */
  static InheritedSettings all(Environment environment) {
    GrpcClientProperties properties =
        Binder.get(environment).bindOrCreate("grpc.client", GrpcClientProperties.class);
    GrpcClientTargets targets = GrpcClientTargets.of(environment);
    return new InheritedSettings(
        properties, targets, new TargetConnections(new StaticListableBeanFactory(), targets));
  }
}
