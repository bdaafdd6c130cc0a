// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A call costs no more heap than it did. Bytes are counted, never time. The client is a JVM of its
 * own: the leak detector that looks on here allocates, profiles of other tests would change what
 * the compiler makes of the code, and there the server is no part of the figure.
 */
class AllocationPerCallTest {

  private static final String PROFILE = "allocation.profile";

  @TempDir
  private Path folder;

  @ParameterizedTest
  @EnumSource(Workload.class)
  void aCallAllocatesNoMoreThanItsBound(Workload workload) throws Exception {
    byte[] message = CallRounds.message(workload.responseBytes).toByteArray();
    List<String> output;
    try (CannedServer server = new CannedServer(new CannedAnswer(message, workload.messages))) {
      output = run(workload, server.port());
    }
    double bytes = Double.parseDouble(output.get(output.size() - 1));
    assertThat(bytes)
        .withFailMessage(() -> String.format(
            "%s: %,.0f B of heap, over the bound of %,d B. Where they come from:%n"
                + "  mvn -pl transport test -Dtest=AllocationPerCallTest -D%s%n"
                + "  jfr view allocation-by-site transport/target/allocation/%s.jfr%n%s",
            workload.title, bytes, workload.bound, PROFILE, workload, String.join("\n", output)))
        .isPositive()
        .isLessThanOrEqualTo(workload.bound);
  }

  private List<String> run(Workload workload, int port) throws Exception {
    List<String> command = command(workload);
    command.add(AllocationRun.class.getName());
    command.add(workload.name());
    command.add(Integer.toString(port));
    Path output = folder.resolve("output");
    Process client = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      boolean ended = client.waitFor(300, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(output);
      assertThat(ended && client.exitValue() == 0)
          .as("the client has done its rounds: %s, which said %s", command, lines)
          .isTrue();
      return lines;
    } finally {
      client.destroyForcibly();
    }
  }

  private static List<String> command(Workload workload) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Threads wait for the compiler: what has been compiled depends on the number of calls, not on
    // how busy the machine is.
    command.add("-Xbatch");
    // The same on every machine: references of four bytes, and no collector that adds to a figure.
    command.addAll(List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"));
    command.add("-Dio.netty.leakDetection.level=disabled");
    if (System.getProperty(PROFILE) != null) {
      Path recordings = Files.createDirectories(Path.of("target", "allocation"));
      command.add("-XX:StartFlightRecording:settings=profile,filename="
          + recordings.resolve(workload + ".jfr"));
      // So many that the beginning is lost among them.
      command.add("-Drounds=200");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }
}
