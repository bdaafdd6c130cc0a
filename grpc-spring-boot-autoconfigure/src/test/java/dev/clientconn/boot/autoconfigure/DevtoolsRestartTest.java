// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.devtools.restart.DefaultRestartInitializer;
import org.springframework.boot.devtools.restart.RestartInitializer;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.context.annotation.Bean;

/** Restarts an application with devtools, and expects that its old classes can be collected. */
class DevtoolsRestartTest {

  /** Those of this starter are in the old class loader too where it is a module of the project. */
  @ParameterizedTest
  @ValueSource(strings = {"classes of the application", "classes of all modules"})
  void classLoaderOfTheApplicationBeforeIsCollected(String reloaded) throws Exception {
    // Spring and the JDK refer to classes softly.
    List<String> options = List.of("-XX:SoftRefLRUPolicyMSPerMB=0");
    ChildJvm.run(Duration.ofMinutes(5), options, Restarts.class, reloaded);
  }

  /**
   * Restarts the application three times. It is loaded by the class loader of the JVM; its
   * {@code main} method is run by the class loaders of devtools too, with other static fields.
   */
  static final class Restarts {

    private static final String STARTED = "test.started";

    private static final int RESTARTS = 3;

    private Restarts() {}

    public static void main(String[] args) {
      if (System.getProperty("test.address") == null) {
        System.setProperty("test.address", HealthServer.start().address());
        System.getProperties().put(STARTED, new LinkedBlockingQueue<>());
        new Thread(Restarts::restart, "restarts").start();
        RestartInitializer initializer = args[0].endsWith("modules")
            ? new DefaultRestartInitializer()
            : thread ->
                new URL[] {Restarts.class.getProtectionDomain().getCodeSource().getLocation()};
        Restarter.initialize(args, false, initializer, true);
      }
      try {
        SpringApplication.run(
            Application.class,
            "--spring.main.web-application-type=none",
            "--spring.docker.compose.enabled=false",
            "--grpc.client.targets.greeter.address=" + System.getProperty("test.address"));
      } catch (Throwable failure) {
        // It would be waited for.
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
      }
    }

    private static void restart() {
      try {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i <= RESTARTS; i++) {
          loaders.add(started().take());
          if (i < RESTARTS) {
            Restarter.getInstance().restart();
          }
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        // The first class loader stays in any JVM with devtools, without clients too.
        List<WeakReference<ClassLoader>> old = loaders.subList(1, RESTARTS);
        while (!old.stream().allMatch(loader -> loader.refersTo(null))) {
          // Threads of the application before end a moment later.
          System.gc();
          if (System.nanoTime() - end > 0) {
            System.out.println(
                "not collected: " + loaders.stream().map(Reference::get).toList());
            Thread.getAllStackTraces().keySet().forEach(System.out::println);
            Runtime.getRuntime().halt(1);
          }
        }
        Runtime.getRuntime().halt(0);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @SuppressWarnings("unchecked")
    static BlockingQueue<WeakReference<ClassLoader>> started() {
      return (BlockingQueue<WeakReference<ClassLoader>>)
          Objects.requireNonNull(System.getProperties().get(STARTED));
    }
  }

  @NullUnmarked
  @SpringBootConfiguration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    GrpcClientAutoConfiguration.class,
    GrpcClientInjectionAutoConfiguration.class
  })
  static class Application {

    @Bean
    CommandLineRunner calls(
        @GrpcClient("greeter") HealthBlockingStub blocking,
        @GrpcClient("greeter") HealthFutureStub future) {
      return args -> {
        blocking.check(HealthCheckRequest.getDefaultInstance());
        // Its callback runs on a thread of the pool.
        future.check(HealthCheckRequest.getDefaultInstance()).get();
        ClassLoader loader = Application.class.getClassLoader();
        if (!loader.getClass().getSimpleName().equals("RestartClassLoader")) {
          throw new IllegalStateException("not restarted by devtools: " + loader);
        }
        Restarts.started().add(new WeakReference<>(loader));
      };
    }
  }
}
