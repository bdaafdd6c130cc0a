// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

/**
 * Starts applications that must fail, and returns the output of the failure analyzers, including
 * those of Boot. Fails if the page about troubleshooting does not have a message.
 */
public final class StartFailure {

  private StartFailure() {}

  /** Returns the analysis of a start with this {@code application.yml}. */
  public static FailureAnalysis of(ApplicationContextRunner runner, String yaml) {
    return of(runner.withInitializer(context -> load(context, yaml)));
  }

  /** Returns the analysis of a start. */
  public static FailureAnalysis of(ApplicationContextRunner runner) {
    FailureAnalysis analysis = find(runner);
    assertThat(analysis).isNotNull();
    return analysis;
  }

  /** Returns the analysis of a start, or null if there is none. */
  public static @Nullable FailureAnalysis find(ApplicationContextRunner runner) {
    List<ConfigurableApplicationContext> contexts = new ArrayList<>();
    List<FailureAnalysis> analyses = new ArrayList<>();
    runner.withInitializer(contexts::add).run(context -> {
      assertThat(context).hasFailed();
      Throwable failure = Objects.requireNonNull(context.getStartupFailure());
      for (FailureAnalyzer analyzer : analyzers(contexts.get(0))) {
        FailureAnalysis analysis = analyzer.analyze(failure);
        if (analysis != null) {
          Troubleshooting.assertHasRow(analysis.getDescription());
          analyses.add(analysis);
          return;
        }
      }
    });
    return analyses.isEmpty() ? null : analyses.get(0);
  }

  static void load(ConfigurableApplicationContext context, String yaml) {
    try {
      new YamlPropertySourceLoader()
          .load("yaml", new ApplicationYaml(yaml))
          .forEach(context.getEnvironment().getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<FailureAnalyzer> analyzers(ConfigurableApplicationContext context) {
    ArgumentResolver arguments = ArgumentResolver.of(Environment.class, context.getEnvironment())
        .and(BeanFactory.class, context.getBeanFactory());
    return SpringFactoriesLoader.forDefaultResourceLocation()
        .load(FailureAnalyzer.class, arguments, (type, name, failure) -> {});
  }

  /** A resource with the name that it has in an application. */
  private static final class ApplicationYaml extends ByteArrayResource {

    ApplicationYaml(String yaml) {
      super(yaml.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String getDescription() {
      return "application.yml";
    }
  }
}
