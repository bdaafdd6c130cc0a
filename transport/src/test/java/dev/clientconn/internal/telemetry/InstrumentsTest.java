// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Instruments have one name in a JVM, and grpc-java's channels fail where it cannot register its
 * own. Each test has class loaders of its own, and so a registry of its own.
 */
class InstrumentsTest {
  private static final String OURS = "dev.clientconn.internal.telemetry.ConnectionMetrics";
  private static final String GRPC_CORES = "io.grpc.internal.SubchannelMetrics";
  private static final List<String> NAMES = List.of(
      "grpc.subchannel.connection_attempts_failed",
      "grpc.subchannel.connection_attempts_succeeded",
      "grpc.subchannel.disconnections",
      "grpc.subchannel.open_connections");

  @Test
  void ourChannelBeforeAnyOfGrpcJava() throws Exception {
    try (URLClassLoader loader = loaderOf(jar -> true)) {
      initialize(loader, OURS);
      initialize(loader, GRPC_CORES);

      assertThat(subchannelMetrics(loader)).containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }

  @Test
  void ourChannelAfterOneOfGrpcJava() throws Exception {
    try (URLClassLoader loader = loaderOf(jar -> true)) {
      initialize(loader, GRPC_CORES);
      initialize(loader, OURS);

      assertThat(subchannelMetrics(loader)).containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }

  @Test
  void withoutGrpcCoreTheyAreRegistered() throws Exception {
    try (URLClassLoader loader = loaderOf(jar -> !jar.contains("grpc-core"))) {
      assertThatThrownBy(() -> loader.loadClass(GRPC_CORES))
          .isInstanceOf(ClassNotFoundException.class);
      initialize(loader, OURS);

      assertThat(subchannelMetrics(loader)).containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }

  @Test
  void aNameThatIsInUseForAnotherTypeIsNotRecorded() {
    String name = "dev.clientconn.test.histogram";
    MetricInstrumentRegistry.getDefaultRegistry()
        .registerDoubleHistogram(name, "", "s", List.of(), List.of(), List.of(), false);

    assertThat(Instruments.counter(name, "", "{1}", List.of(), List.of())).isNull();
  }

  private static URLClassLoader loaderOf(Predicate<String> jars) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (jars.test(entry)) {
        urls.add(new File(entry).toURI().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static void initialize(ClassLoader loader, String className) throws Exception {
    assertThat(Class.forName(className, true, loader).getClassLoader()).isSameAs(loader);
  }

  private static List<String> subchannelMetrics(ClassLoader loader) throws Exception {
    Class<?> type = loader.loadClass(MetricInstrumentRegistry.class.getName());
    Object registry = type.getMethod("getDefaultRegistry").invoke(null);
    List<String> names = new ArrayList<>();
    for (Object instrument : (List<?>) type.getMethod("getMetricInstruments").invoke(registry)) {
      Class<?> declaring = loader.loadClass(MetricInstrument.class.getName());
      String name = (String) declaring.getMethod("getName").invoke(instrument);
      if (name.startsWith("grpc.subchannel.")) {
        names.add(name);
      }
    }
    return names;
  }
}
