// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Starts applications after one another and beside one another, as devtools and tests do. */
@Timeout(400)
class RestartInOneJvmTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = runner(this.server);

  private static ApplicationContextRunner runner(HealthServer server) {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
        .withPropertyValues("grpc.client.targets.greeter.address=" + server.address());
  }

  /**
   * A thread with the class loader of the application before would keep all its classes. Runs in a
   * JVM of its own: contexts that other tests leave open use the shared threads too.
   */
  @Test
  void noThreadOfAChannelHasTheClassLoaderOfTheApplicationBefore() throws Exception {
    ChildJvm.run(Duration.ofMinutes(5), List.of(), Restarts.class);
  }

  @Test
  void applicationThatEndsLeavesTheChannelsOfAnotherAlone() {
    this.runner.run(outer -> {
      HealthGrpc.HealthBlockingStub stub =
          HealthGrpc.newBlockingStub(outer.getBean(ClientConn.class));
      this.runner.run(inner ->
          assertThat(inner.getBean(ClientConn.class)).isNotSameAs(outer.getBean(ClientConn.class)));
      assertThat(stub.check(HealthCheckRequest.getDefaultInstance()))
          .isEqualTo(HealthServer.serving());
    });
  }

  /** Starts three applications with a class loader each, one after another. */
  static final class Restarts {

    private Restarts() {}

    public static void main(String[] args) {
      HealthServer server = HealthServer.start();
      try {
        ClassLoader before = null;
        for (int i = 0; i < 3; i++) {
          ClassLoader loader = new URLClassLoader(new URL[0], Restarts.class.getClassLoader());
          runWith(loader, runner(server));
          ClassLoader old = before;
          while (old != null && !threadsWith(old).isEmpty()) {
            // Their tasks end at once, and the threads with them.
            Thread.onSpinWait();
          }
          before = loader;
        }
      } finally {
        server.close();
      }
    }

    private static void runWith(ClassLoader loader, ApplicationContextRunner runner) {
      Thread thread = Thread.currentThread();
      ClassLoader own = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        runner.run(context -> {
          HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
              .check(HealthCheckRequest.getDefaultInstance());
          // The pool has a thread, too.
          assertThat(HealthGrpc.newFutureStub(context.getBean(ClientConn.class))
                  .check(HealthCheckRequest.getDefaultInstance())
                  .get())
              .isEqualTo(HealthServer.serving());
          assertThat(threadsWith(Thread.currentThread().getContextClassLoader()))
              .isNotEmpty();
        });
      } finally {
        thread.setContextClassLoader(own);
      }
    }

    private static List<String> threadsWith(ClassLoader loader) {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().startsWith("clientconn-"))
          .filter(thread -> thread.getContextClassLoader() == loader)
          .map(Thread::getName)
          .toList();
    }
  }
}
