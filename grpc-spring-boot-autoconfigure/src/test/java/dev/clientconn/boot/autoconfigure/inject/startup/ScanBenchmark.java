// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject.startup;

import dev.clientconn.boot.autoconfigure.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what the search for {@code @GrpcClient} costs at the start of an application with 500
 * beans, in fresh JVMs. Four kinds of start take turns:
 *
 * <ul>
 *   <li>the application with clients: CPU time that the starting thread spends in the search;
 *   <li>the same after {@link ReflectionWarmUp}: what the search adds to what Spring does anyway;
 *   <li>the application without injection, and with the clients switched off: CPU time of
 *       the process, for comparison.
 * </ul>
 *
 * <pre>
 * mvn -pl grpc-spring-boot-autoconfigure -am test -Dtest=ScanBenchmark \
 *     -Dsurefire.failIfNoSpecifiedTests=false -DargLine=-Dscan.forks=12
 * </pre>
 */
class ScanBenchmark {

  private static final int BEANS = Integer.getInteger("scan.beans", 500);

  private static final int FORKS = Integer.getInteger("scan.forks", 12);

  private static final String WITHOUT_SEARCH = "--spring.autoconfigure.exclude="
      + "dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration";

  private static final String WITHOUT_CLIENTS = "--grpc.client.enabled=false";

  private static final String TARGET = "--grpc.client.targets.greeter.address=localhost:1";

  /** Figures of one start. */
  private record Start(double scanMillis, double processMillis, long definitions) {}

  public static void main(String[] args) throws Exception {
    new ScanBenchmark().scanOfFiveHundredBeans(Files.createTempDirectory("scan-benchmark"));
  }

  @Test
  void scanOfFiveHundredBeans(@TempDir Path folder) throws Exception {
    String classPath = ChildJvm.classPath();
    Path jar = folder.resolve("beans.jar");
    BeanSources.compile(BEANS, classPath, folder, jar);
    String withBeans = classPath + File.pathSeparator + jar;
    List<Start> with = new ArrayList<>();
    List<Start> warm = new ArrayList<>();
    List<Start> channels = new ArrayList<>();
    List<Start> without = new ArrayList<>();
    for (int fork = 0; fork < FORKS; fork++) {
      with.add(start(withBeans, TARGET));
      warm.add(start(withBeans, TARGET, "--" + MeasuredApplication.WARM_UP + "=true"));
      channels.add(start(withBeans, TARGET, WITHOUT_SEARCH));
      without.add(start(withBeans, WITHOUT_CLIENTS));
    }
    System.out.printf(
        Locale.ROOT,
        "%d bean definitions, %d fresh JVMs of each kind, CPU in ms: median (lowest to highest)%n"
            + "search, all it does                          %s%n"
            + "search, without what Spring does in any case %s%n"
            + "process with channels and injection          %s%n"
            + "process with channels, no injection          %s%n"
            + "process with the clients switched off        %s%n",
        with.get(0).definitions(),
        FORKS,
        text(with, Start::scanMillis),
        text(warm, Start::scanMillis),
        text(with, Start::processMillis),
        text(channels, Start::processMillis),
        text(without, Start::processMillis));
  }

  private static String text(List<Start> starts, ToDoubleFunction<Start> figure) {
    double[] sorted = starts.stream().mapToDouble(figure).sorted().toArray();
    double median = (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    return "%.1f (%.1f to %.1f)".formatted(median, sorted[0], sorted[sorted.length - 1]);
  }

  private static Start start(String classPath, String... args)
      throws IOException, InterruptedException {
    // Devtools is on the class path of the tests, and would start the application twice.
    List<String> options = List.of("-Dspring.devtools.restart.enabled=false", "-cp", classPath);
    List<String> arguments = new ArrayList<>(List.of(
        "--spring.main.banner-mode=off",
        // The class path of the tests has all optional libraries.
        "--spring.main.web-application-type=none",
        "--spring.docker.compose.enabled=false",
        "--logging.level.root=warn"));
    arguments.addAll(Arrays.asList(args));
    String output = ChildJvm.run(
        Duration.ofMinutes(2),
        options,
        MeasuredApplication.class,
        arguments.toArray(String[]::new));
    String[] figures = output
        .lines()
        .filter(line -> line.startsWith(MeasuredApplication.RESULT))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The application failed:\n" + output))
        .substring(MeasuredApplication.RESULT.length())
        .split(" ", 3);
    return new Start(
        Long.parseLong(figures[0]) / 1000.0,
        Long.parseLong(figures[1]) / 1000.0,
        Long.parseLong(figures[2]));
  }
}
