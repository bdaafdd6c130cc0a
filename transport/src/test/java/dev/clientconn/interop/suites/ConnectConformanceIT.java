// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.interop.crosslang.Toolchain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * connectrpc's conformance suite, as a gRPC client over HTTP/2: its runner starts
 * {@link SuiteClient} and reference servers on connect-go and grpc-go, and compares what each call
 * sent and ended with.
 */
class ConnectConformanceIT {
  private static final int CASES = 646;
  private static final int MINUTES = 15;

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void endsEachCallAsTheSuiteExpectsButTheKnownFailures() throws Exception {
    Toolchain.GO.require();
    Path runner = Toolchain.output("suites").resolve("connectconformance");
    Toolchain.build(
        "suites",
        "go",
        "build",
        "-buildvcs=false",
        "-o",
        runner.toString(),
        "connectrpc.com/conformance/cmd/connectconformance");
    Path log = Toolchain.output("suites").resolve("connectconformance.log");
    int exit = run(runner, log);

    String output = Files.readString(log);
    // The runner's exit is 1 for a failure that is not listed and for a listed one that passes.
    assertThat(exit)
        .as("exit of connectconformance, which printed:%n%s", output)
        .isZero();
    assertThat(output).contains("Total cases: " + CASES + "\n");
    assertThat(output).as("buffers that were not released").doesNotContain("LEAK: ");
  }

  private static int run(Path runner, Path log) throws IOException, InterruptedException {
    Path sources = Toolchain.sources("suites");
    Process process = new ProcessBuilder(
            runner.toString(),
            "--mode",
            "client",
            "--conf",
            sources.resolve("connectconformance.yaml").toString(),
            "--known-failing",
            "@" + sources.resolve("connectconformance-known-failures.txt"),
            "--",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-ea",
            "-Dio.netty.leakDetection.level=paranoid",
            "-cp",
            System.getProperty("java.class.path"),
            SuiteClient.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
          .as("the suite ended within %d minutes; it printed:%n%s", MINUTES, Files.readString(log))
          .isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    return process.exitValue();
  }
}
