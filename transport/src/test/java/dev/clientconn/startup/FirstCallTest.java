// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.util.internal.PlatformDependent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the first call of a fresh JVM initialises. The client is a JVM of its own whose log names
 * each class that is initialised; netty-tcnative is on its class path, so that OpenSSL could be
 * loaded.
 */
class FirstCallTest {

  @TempDir
  private Path folder;

  @Test
  void aPlaintextCallInitialisesNeitherTlsNorProxiesNorJfrNorMethodsOfRecords() throws Exception {
    Server server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(new HealthStatusManager().getHealthService())
        .build()
        .start();
    try {
      List<String> initialised = initialisedByACallTo("127.0.0.1:" + server.getPort());
      assertThat(initialised)
          .as("the log names what is initialised")
          .anyMatch(line -> line.contains("'dev/clientconn/ClientConn'"));
      assertThat(initialised)
          .noneMatch(line -> line.contains("'sun/security/ssl/")
              || line.contains("'javax/net/ssl/")
              || line.contains("'io/netty/handler/ssl/")
              || line.contains("'io/netty/internal/tcnative/"));
      assertThat(initialised)
          .noneMatch(line -> line.contains("TunnelAddress")
              || line.contains("/connect/Proxy")
              || line.contains("ProxyUrl")
              || line.contains("'io/netty/handler/codec/socks")
              || line.contains("'io/netty/handler/proxy/"));
      assertThat(initialised)
          .as("equals, hashCode and toString of records are linked at run time: some 30 ms")
          .noneMatch(line -> line.contains("'java/lang/runtime/ObjectMethods'"));
      // Without Unsafe, as on Java 25, connections have Netty's allocator.
      boolean nettysAllocator = !PlatformDependent.hasUnsafe();
      assertThat(initialised)
          .as("JFR, which Netty's own allocators initialise: some 100 ms")
          .noneMatch(line -> !nettysAllocator && line.contains("'jdk/jfr/Event'"));
    } finally {
      server.shutdownNow();
      assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private List<String> initialisedByACallTo(String target) throws Exception {
    Path log = folder.resolve("initialised");
    Path output = folder.resolve("output");
    Process client = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+init=info:file=" + log,
            "-cp",
            System.getProperty("java.class.path"),
            FirstCall.class.getName(),
            target)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      boolean ended = client.waitFor(120, TimeUnit.SECONDS);
      assertThat(ended && client.exitValue() == 0)
          .as("the client has made its call; it said %s", Files.readAllLines(output))
          .isTrue();
    } finally {
      client.destroyForcibly();
    }
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("Initializing")).toList();
    }
  }
}
