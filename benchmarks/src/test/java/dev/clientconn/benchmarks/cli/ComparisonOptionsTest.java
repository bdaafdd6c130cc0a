// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.Suite;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import dev.clientconn.benchmarks.workload.WorkloadParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ComparisonOptionsTest {

  @Test
  void withoutOptionsTheFourDefaultWorkloadsRun() {
    Comparison comparison = parse();

    assertThat(comparison.runs())
        .extracting(run -> run.workload().spec())
        .containsExactly(
            "async-direct:100+request=100+response=100",
            "async:100+request=100+response=100",
            "blocking:1+request=100+response=100",
            "blocking:100+request=100+response=100");
    assertThat(comparison.runs().get(0).clients())
        .extracting(BenchmarkClient::toString)
        .containsExactly("grpc-netty", "clientconn", "floor");
    assertThat(comparison.runs().get(2).clients())
        .extracting(BenchmarkClient::toString)
        .containsExactly("grpc-netty", "clientconn");
    assertThat(comparison.forks()).isEqualTo(3);
    assertThat(comparison.timing()).isEqualTo(new Timing(5, 7, 5));
  }

  @Test
  void eachOptionReachesTheComparison() {
    Comparison comparison = parse(
        "--suite=tls",
        "--clients=clientconn,grpc-netty-no-retry",
        "--forks=7",
        "--warmup=0.5",
        "--max-warmup=1",
        "--measure=0.25",
        "--jvm-args=-Xmx2g -XX:+UseSerialGC",
        "--taskset=0-1/2,3");

    assertThat(comparison.runs()).hasSize(Suite.TLS.specs().size()).allSatisfy(run -> {
      assertThat(run.clients())
          .containsExactly(BenchmarkClient.CLIENTCONN, BenchmarkClient.GRPC_NETTY_NO_RETRY);
      assertThat(run.timing()).isEqualTo(new Timing(0.5, 1, 0.25));
    });
    assertThat(comparison.forks()).isEqualTo(7);
    assertThat(comparison.jvmArguments()).containsExactly("-Xmx2g", "-XX:+UseSerialGC");
    assertThat(comparison.clientCpus()).isEqualTo("0-1");
    assertThat(comparison.serverCpus()).isEqualTo("2,3");
  }

  @Test
  void aWorkloadOfSeveralSuitesRunsOnce() {
    List<Workload> workloads =
        parse("--suite=all").runs().stream().map(PlannedRun::workload).toList();

    assertThat(workloads).doesNotHaveDuplicates();
    assertThat(workloads).extracting(Workload::kind).contains(CallKind.values());
    assertThat(workloads).extracting(Workload::run).contains(Workload.Run.values());
  }

  @Test
  void oneCallInFlightHasALongerWarmUp() {
    Comparison comparison =
        parse("--workloads=blocking:1,blocking:2", "--warmup=3", "--max-warmup=5", "--measure=1");

    assertThat(comparison.runs())
        .extracting(PlannedRun::timing)
        .containsExactly(new Timing(3, 15, 1), new Timing(3, 5, 1));
  }

  @Test
  void aSpecHasItsOwnTimes() {
    PlannedRun run = plan("async:1+warmup=1.5+measure=9+rtt=20");

    assertThat(run.timing()).isEqualTo(new Timing(1.5, 3.5, 9));
    assertThat(run.workload()).isEqualTo(Workload.parse("async:1+rtt=20"));
  }

  @Test
  void aSpecHasItsOwnHeap() {
    List<String> usual = List.of("-Xms1g", "-XX:+UseSerialGC", "-Xmx1g");

    assertThat(plan("async:1+heap=3g").jvmArguments(usual))
        .containsExactly("-XX:+UseSerialGC", "-Xms3g", "-Xmx3g");
    assertThat(plan("async:1").jvmArguments(usual)).isEqualTo(usual);
    assertThat(plan("async:1+heap=3g").workload()).isEqualTo(plan("async:1").workload());
  }

  @Test
  void allSuitesFitIntoAnHour() {
    assertThat(parse("--suite=all").expectedSeconds()).isLessThan(3_600);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--suite=none",
        "--workloads=nonsense",
        "--clients=nobody",
        "--suite=default --workloads=async:1",
        "--workloads=async:1+rtt=1 --server=grpc-java",
        "--warmup=2 --max-warmup=1",
        "--taskset=1",
        "--colour",
      })
  void contradictoryAndUnknownOptionsAreRefused(String arguments) {
    assertThatThrownBy(() -> parse(arguments.split(" ")))
        .isInstanceOfAny(CommandLine.ParameterException.class, IllegalArgumentException.class);
  }

  private static Comparison parse(String... arguments) {
    return CommandLine.populateCommand(new ComparisonOptions(), arguments).comparison();
  }

  private static PlannedRun plan(String spec) {
    return PlannedRun.of(WorkloadParser.parse(spec), new Timing(3, 5, 2), BenchmarkClient.USUAL);
  }
}
