// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scripts against the connection: the corpus, some made of fixed seeds, and with
 * {@code fuzz.seconds} as many as fit. {@code fuzz.seed} plays one input again.
 */
class FuzzTest {

  private static final int FIXED_SEEDS = 3_000;
  private static final List<Path> CORPUS_FILES = corpusFiles();
  private static final List<Script> CORPUS =
      CORPUS_FILES.stream().map(FuzzTest::read).toList();

  static List<Path> corpusFiles() {
    URL folder = Objects.requireNonNull(FuzzTest.class.getResource("/fuzz"), "/fuzz");
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Script read(Path file) {
    try {
      return Script.parse(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("corpusFiles")
  void aScriptOfTheCorpusLeavesNothingBehind(Path file) {
    read(file).play();
  }

  @Test
  void scriptsOfFixedSeedsLeaveNothingBehind() {
    for (long seed = 0; seed < FIXED_SEEDS; seed++) {
      play(seed);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.seed", matches = "-?\\d+")
  void theScriptOfTheSeedGivenLeavesNothingBehind() {
    long seed = Long.getLong("fuzz.seed", 0);
    System.out.println(ScriptGenerator.of(seed, CORPUS));
    System.out.println(play(seed));
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.seconds", matches = "\\d+")
  void scriptsOfRandomSeedsLeaveNothingBehind() throws IOException {
    long first = new Random().nextLong();
    System.out.println("fuzz: the first seed is " + first);
    Set<String> seen = new HashSet<>();
    CORPUS.forEach(script -> seen.addAll(script.play()));
    long begin = System.nanoTime();
    long end = begin + Duration.ofSeconds(Long.getLong("fuzz.seconds", 0)).toNanos();
    long seed = first;
    for (; System.nanoTime() < end; seed++) {
      Set<String> behaviour = play(seed);
      behaviour.removeAll(seen);
      if (seen.addAll(behaviour)) {
        keep(seed, behaviour);
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "fuzz: %d inputs, %.0f a second, %d behaviours%n",
        seed - first, (seed - first) / seconds, seen.size());
  }

  /** For the corpus, if somebody finds it worth keeping. */
  private static void keep(long seed, Set<String> novelty) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "fuzz"));
    StringBuilder text = new StringBuilder();
    novelty.forEach(n -> text.append("# ").append(n.replace('\n', ' ')).append('\n'));
    Files.writeString(
        folder.resolve("seed" + seed + ".txt"), text.append(ScriptGenerator.of(seed, CORPUS)));
  }

  private static Set<String> play(long seed) {
    Script script = ScriptGenerator.of(seed, CORPUS);
    try {
      return script.play();
    } catch (RuntimeException | Error e) {
      throw new AssertionError("replay it by -Dfuzz.seed=" + seed + "\n" + script, e);
    }
  }
}
