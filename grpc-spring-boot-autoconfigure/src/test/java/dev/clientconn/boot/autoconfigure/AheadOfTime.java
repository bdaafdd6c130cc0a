// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Map;
import java.util.function.Consumer;
import org.springframework.aot.AotDetector;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.SpringProperties;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;

/**
 * Processes an application ahead of time, and runs the generated code with other properties. The
 * test has {@code @CompileWithForkedClassLoader}.
 */
public final class AheadOfTime {

  private final TestGenerationContext generation = new TestGenerationContext();

  /** Generates the code of an application. */
  public AheadOfTime(Map<String, String> properties, Class<?>... configuration) {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      TestPropertyValues.of(properties).applyTo(context);
      context.register(configuration);
      new ApplicationContextAotGenerator().processAheadOfTime(context, this.generation);
      this.generation.writeGeneratedContent();
    }
  }

  public RuntimeHints hints() {
    return this.generation.getRuntimeHints();
  }

  /** Starts the generated code, and calls the test with its context. */
  public void run(Map<String, String> properties, Consumer<GenericApplicationContext> test) {
    TestCompiler.forSystem()
        .with(this.generation)
        .compile(compiled -> run(compiled, properties, test));
  }

  @SuppressWarnings("unchecked")
  private static void run(
      Compiled compiled, Map<String, String> properties, Consumer<GenericApplicationContext> test) {
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, "true");
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      TestPropertyValues.of(properties).applyTo(context);
      ApplicationContextInitializer<GenericApplicationContext> initializer =
          compiled.getInstance(ApplicationContextInitializer.class);
      initializer.initialize(context);
      context.refresh();
      test.accept(context);
    } finally {
      SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
    }
  }
}
