// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.crac.Resource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * Stops an application for a checkpoint, and restores it, by the resource that Spring registers
 * with CRaC. A process with open sockets cannot be written to a checkpoint.
 */
class CheckpointTest {

  /** Runs in a JVM of its own: channels of other tests have threads and sockets, too. */
  @Test
  void checkpointFindsNoSocketOrThreadAndCallsWorkAfterTheRestore() throws Exception {
    ChildJvm.run(Duration.ofMinutes(5), List.of(), Checkpoint.class);
  }

  /** Goes through a checkpoint, with another server and another address after it. */
  static final class Checkpoint {

    private static final String ADDRESS = "grpc.client.targets.greeter.address";

    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    private Checkpoint() {}

    public static void main(String[] args) {
      HealthServer before = HealthServer.start();
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
          .withPropertyValues(ADDRESS + "=" + before.address())
          .run(context -> {
            ClientConn channel = context.getBean(ClientConn.class);
            assertThat(check(channel)).isEqualTo(HealthServer.serving());
            Resource application =
                resource((AbstractApplicationContext) context.getSourceApplicationContext());

            application.beforeCheckpoint(null);
            before.close();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (!openSockets().isEmpty() || !channelThreads().isEmpty()) {
              // They end on threads of their own.
              assertThat(System.nanoTime() - end)
                  .as("%s %s", openSockets(), channelThreads())
                  .isNegative();
              Thread.onSpinWait();
            }

            HealthServer after = HealthServer.start();
            set(context.getSourceApplicationContext(), after);
            application.afterRestore(null);
            assertThat(check(channel)).isEqualTo(HealthServer.serving());
            assertThat(after.connections.availablePermits()).isEqualTo(1);
            after.close();
          });
    }

    private static Resource resource(AbstractApplicationContext context) {
      Object processor = context.getBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME);
      Object resource = ReflectionTestUtils.getField(processor, "cracResource");
      return (Resource) Objects.requireNonNull(resource);
    }

    private static void set(ConfigurableApplicationContext context, HealthServer server) {
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("restored", Map.of(ADDRESS, server.address())));
    }

    private static HealthCheckResponse check(ClientConn channel) {
      return HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    }

    private static List<String> channelThreads() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.startsWith("clientconn-"))
          .toList();
    }

    /**
     * Returns the TCP sockets of this process; none where the system does not list them. The JDK
     * itself keeps a pair of Unix sockets.
     */
    private static List<String> openSockets() {
      Path all = Path.of("/proc/self/fd");
      List<String> sockets = new ArrayList<>();
      if (!Files.isDirectory(all)) {
        return sockets;
      }
      try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(all)) {
        String tcp = Files.readString(Path.of("/proc/self/net/tcp"))
            + Files.readString(Path.of("/proc/self/net/tcp6"));
        for (Path descriptor : descriptors) {
          Matcher socket = SOCKET.matcher(target(descriptor));
          if (socket.matches() && tcp.contains(" " + socket.group(1) + " ")) {
            sockets.add(socket.group());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return sockets;
    }

    private static String target(Path descriptor) throws IOException {
      try {
        return Files.readSymbolicLink(descriptor).toString();
      } catch (NoSuchFileException closed) {
        return "";
      }
    }
  }
}
