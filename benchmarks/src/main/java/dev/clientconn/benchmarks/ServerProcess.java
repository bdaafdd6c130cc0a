// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one server of a comparison, with a port for each way to behave. Starts again when it has died. Used by one thread. */
final class ServerProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final BenchmarkPlan plan;
  private final List<ServerSetting> settings;
  private final @Nullable ServerCertificate certificate;
  private @Nullable ChildProcess process;
  private List<Integer> ports = List.of();

  ServerProcess(BenchmarkPlan plan) throws Exception {
    this.plan = plan;
    this.settings = plan.runs().stream()
        .map(run -> run.workload().serverSetting())
        .distinct()
        .toList();
    this.certificate =
        settings.stream().anyMatch(ServerSetting::tls) ? SelfSignedCertificate.create() : null;
  }

  ServerLocation location(Workload workload) throws IOException, InterruptedException {
    if (process == null || !process.running()) {
      start();
    }
    File pem =
        certificate == null || !workload.network().encrypted() ? null : certificate.certificate();
    return ServerLocation.at(ports.get(settings.indexOf(workload.serverSetting())), pem);
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  private void start() throws IOException, InterruptedException {
    close();
    ChildProcess started = ChildProcess.start(
        BenchmarkServerMain.class,
        plan.jvmArguments(),
        BenchmarkServerMain.arguments(plan.server(), settings, certificate),
        plan.serverCpus());
    process = started;
    ports = Stream.of(started.firstLine(START_LIMIT).split(","))
        .map(Integer::valueOf)
        .toList();
    if (ports.size() != settings.size()) {
      throw new IllegalStateException(
          "the server has " + ports.size() + " ports for " + settings.size() + " settings");
    }
  }
}
