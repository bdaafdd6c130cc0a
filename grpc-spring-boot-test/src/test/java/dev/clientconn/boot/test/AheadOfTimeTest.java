// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
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

  private static List<SourceFile> sources(InMemoryGeneratedFiles files) {
    return files.getGeneratedFiles(Kind.SOURCE).values().stream()
        .map(source -> SourceFile.of(
            target -> target.append(StreamUtils.copyToString(source.getInputStream(), UTF_8))))
        .toList();
  }
}
