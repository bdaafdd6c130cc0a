// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays what Jazzer has found, and, in the profile {@code fuzz}, lets it look for more. */
class FrameFuzzTest {

  static List<Path> corpus() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(corpusFolder())) {
      return files.sorted().toList();
    }
  }

  private static Path corpusFolder() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(FrameFuzzTest.class.getResource("/fuzz/frames")).toURI());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void bytesOfTheCorpusLeaveNothingBehind(Path file) throws IOException {
    FrameFuzzTarget.fuzzerTestOneInput(Files.readAllBytes(file));
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.seconds", matches = "\\d+")
  void bytesThatReachNewCodeLeaveNothingBehind() throws Exception {
    Path found = Files.createDirectories(Path.of("target", "fuzz", "frames"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process jazzer = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-cp",
            classPath,
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + FrameFuzzTarget.class.getName(),
            "--instrumentation_includes=dev.clientconn.**",
            // It looks for unsafe memory access, and breaks Netty's.
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
            "--reproducer_path=target/fuzz",
            "-artifact_prefix=target/fuzz/",
            "-max_len=4096",
            "-max_total_time=" + Integer.getInteger("fuzz.seconds"),
            found.toString(),
            corpusFolder().toString())
        .redirectErrorStream(true)
        .redirectOutput(Path.of("target", "fuzz", "jazzer.log").toFile())
        .start();
    try {
      assertThat(jazzer.waitFor(Integer.getInteger("fuzz.seconds") + 120L, TimeUnit.SECONDS))
          .as("Jazzer ends in time; see target/fuzz/jazzer.log")
          .isTrue();
      assertThat(jazzer.exitValue())
          .as("Jazzer found something: see target/fuzz/jazzer.log, and play the crash- file")
          .isZero();
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
