// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A language's tools. They build projects whose sources are directories of
 * {@code src/test/interop}, into directories of the same names below {@code target/interop}.
 */
public enum Toolchain {
  GO("go version"),
  PYTHON("python3 -m pip --version");

  private static final int BUILD_MINUTES = 20;

  private final String probe;

  Toolchain(String probe) {
    this.probe = probe;
  }

  /** The sources of a project. */
  public static Path sources(String project) {
    return module().resolve(Path.of("src", "test", "interop", project));
  }

  /** The directory for what is built of a project. */
  public static Path output(String project) {
    return module().resolve(Path.of("target", "interop", project));
  }

  /**
   * Skips the test, aloud, if the tool is not on this machine; fails it instead if
   * {@code interop.require} (system property, or {@code INTEROP_REQUIRE} in the environment) lists
   * this language.
   */
  public void require() throws IOException, InterruptedException {
    boolean required = required().contains(this);
    if (isPresent()) {
      return;
    }
    String absent = "`" + probe + "` does not run on this machine";
    if (required) {
      fail("interop.require lists " + id() + ", but " + absent);
    }
    String skipped =
        "INTEROP SKIPPED: " + id() + ": " + absent + ". Install it, or see docs/interop.md";
    System.err.println(skipped);
    abort(skipped);
  }

  /**
   * Runs one step of a project's build, in the directory of its sources; what it prints goes to a
   * log and into the failure.
   */
  public static void build(String project, String... command)
      throws IOException, InterruptedException {
    Path log = Files.createDirectories(output(project)).resolve("build.log");
    Process process = new ProcessBuilder(command)
        .directory(sources(project).toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES))
          .as("%s ended within %d minutes", String.join(" ", command), BUILD_MINUTES)
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue())
        .as("exit of %s, which printed:%n%s", String.join(" ", command), Files.readString(log))
        .isZero();
  }

  private boolean isPresent() throws InterruptedException {
    try {
      Process process = new ProcessBuilder(probe.split(" "))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      boolean ended = process.waitFor(5, TimeUnit.MINUTES);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for a language that is none of these: a slip must not weaken
   * the demand
   */
  private static Set<Toolchain> required() {
    String fromEnvironment = System.getenv().getOrDefault("INTEROP_REQUIRE", "");
    return Arrays.stream(System.getProperty("interop.require", fromEnvironment).split(","))
        .map(String::trim)
        .filter(language -> !language.isEmpty())
        .map(language -> Toolchain.valueOf(language.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }

  private static Path module() {
    return Path.of(System.getProperty("basedir", new File("").getAbsolutePath()));
  }
}
