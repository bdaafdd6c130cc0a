// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels leave nothing behind. Profile soak opens ten times as many. */
class ManyChannelsTest {
  private static final int CHANNELS = Integer.getInteger("soak.channels", 200);
  /** Bytes that the JVM itself may need more. One of the smaller parts of each channel has more. */
  private static final long HEAP_NOISE = 200_000;

  @TempDir
  private Path folder;

  @Test
  void closedChannelsLeaveNoThreadSocketBufferOrMemory() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "counts sockets on Linux");
    Server server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(new HealthStatusManager().getHealthService())
        .build()
        .start();
    try {
      String output = runClientOf("127.0.0.1:" + server.getPort());

      Properties left = new Properties();
      left.load(new StringReader(output));
      assertThat(left).containsEntry("threads", "0").containsEntry("sockets", "0");
      assertThat(Long.parseLong(left.getProperty("heap"))).isLessThan(HEAP_NOISE);
      assertThat(output).as("Netty's leak detector").doesNotContain("LEAK");
    } finally {
      server.shutdownNow();
      assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private String runClientOf(String target) throws Exception {
    Path output = folder.resolve("output");
    Process client = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-ea",
            "-Dio.netty.leakDetection.level=paranoid",
            "-cp",
            System.getProperty("java.class.path"),
            ManyChannels.class.getName(),
            target,
            Integer.toString(CHANNELS))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      boolean ended = client.waitFor(300, TimeUnit.SECONDS);
      String said = Files.readString(output);
      assertThat(ended && client.exitValue() == 0)
          .as("the client said %s", said)
          .isTrue();
      return said;
    } finally {
      client.destroyForcibly();
    }
  }
}
