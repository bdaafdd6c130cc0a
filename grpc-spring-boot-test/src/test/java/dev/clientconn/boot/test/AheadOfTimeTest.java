// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.PricesGrpc.PricesBlockingStub;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.springframework.aot.AotDetector;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.test.tools.SourceFile;
import org.springframework.core.test.tools.SourceFiles;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.test.context.aot.TestContextAotGenerator;
import org.springframework.util.StreamUtils;

/** Processes tests ahead of time, as Boot's build plugins do. */
class AheadOfTimeTest {

  @Test
  void generatedContextHasTheServersAndTheClients() {
    InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

    new TestContextAotGenerator(files)
        .processAheadOfTime(Stream.of(GreetingsTest.class, GrpcClientInTestClassesTest.class));

    assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
        .anyMatch(name -> name.contains("TestServerStarter"))
        .anyMatch(name -> name.contains("FakeGreeter"));
    assertThat(sources(files))
        .anyMatch(source -> source.getContent().contains("grpcClient:order-service:"));
    assertThatCode(() -> TestCompiler.forSystem()
            .withSources(SourceFiles.of(sources(files).toArray(SourceFile[]::new)))
            .compile(compiled -> {}))
        .doesNotThrowAnyException();
  }

  /**
   * Runs in a JVM of its own, as the plugins do: AOT mode is a property of the whole JVM. The
   * application's configuration and the annotations of the test are not read there.
   */
  @Test
  void testsPassInAotMode(@TempDir Path generated) throws Exception {
    new TestContextAotGenerator(new FileSystemGeneratedFiles(kind -> generated))
        .processAheadOfTime(Stream.of(GreetingsTest.class, ClientOfATest.class));
    compile(generated);

    // Not a pipe: its read does not end before the process does, and cannot be interrupted.
    Path output = generated.resolve("output.txt");
    Process process = new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-D" + AotDetector.AOT_ENABLED + "=true",
            "-cp",
            generated + File.pathSeparator + classPath(),
            AotMode.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      boolean ended = process.waitFor(2, TimeUnit.MINUTES);
      String text = Files.readString(output);
      assertThat(ended).as(text).isTrue();
      assertThat(process.exitValue()).as(text).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void compile(Path generated) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8);
        Stream<Path> all = Files.walk(generated)) {
      List<Path> sources = all.filter(path -> path.toString().endsWith(".java")).toList();
      List<String> options = List.of(
          "-proc:none",
          "-nowarn",
          "-d",
          generated.toString(),
          "-cp",
          generated + File.pathSeparator + classPath());
      assertThat(compiler
              .getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call())
          .isTrue();
    }
  }

  /** Injects a client that no bean injects. */
  @NullUnmarked
  @SpringBootTest
  @GrpcTestServer(services = {FakePrices.class, FakeGreeter.class})
  static class ClientOfATest {

    @GrpcClient("order-service")
    private PricesBlockingStub prices;

    @Test
    void callsTheServer() {
      assertThat(this.prices.quote(GreetRequest.getDefaultInstance()).getText()).endsWith("42");
    }
  }

  /** Runs the tests; the exit code is not zero if one of them fails. */
  static final class AotMode {

    private AotMode() {}

    public static void main(String[] args) {
      SummaryGeneratingListener summary = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(
                      DiscoverySelectors.selectClass(GreetingsTest.class),
                      DiscoverySelectors.selectClass(ClientOfATest.class))
                  .build(),
              summary);
      summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, UTF_8), 50);
      assertThat(summary.getSummary().getTestsSucceededCount())
          .isPositive()
          .isEqualTo(summary.getSummary().getTestsFoundCount());
    }
  }

  private static List<SourceFile> sources(InMemoryGeneratedFiles files) {
    return files.getGeneratedFiles(Kind.SOURCE).values().stream()
        .map(source -> SourceFile.of(
            target -> target.append(StreamUtils.copyToString(source.getInputStream(), UTF_8))))
        .toList();
  }
}
