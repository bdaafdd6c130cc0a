// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkPlanTest {

  @Test
  void withoutOptionsTheFourDefaultWorkloadsRun() {
    BenchmarkPlan plan = BenchmarkPlan.parse();

    assertThat(plan.runs())
        .extracting(run -> run.workload().word())
        .containsExactly(
            "async-direct:100+request=100+response=100",
            "async:100+request=100+response=100",
            "blocking:1+request=100+response=100",
            "blocking:100+request=100+response=100");
    assertThat(plan.runs().get(0).clients()).containsExactly("grpc-netty", "clientconn", "floor");
    assertThat(plan.runs().get(2).clients()).containsExactly("grpc-netty", "clientconn");
    assertThat(plan.forks()).isEqualTo(3);
  }

  @Test
  void sizesOnTheCommandLineAreThoseOfWordsThatSayNone() {
    BenchmarkPlan plan = BenchmarkPlan.parse(
        "--workloads=async:1,async:2+response=7", "--request=1K", "--response=5");

    assertThat(plan.runs())
        .extracting(run -> run.workload().word())
        .containsExactly("async:1+request=1024+response=5", "async:2+request=1024+response=7");
  }

  @Test
  void aWorkloadOfSeveralSuitesRunsOnce() {
    List<Workload> workloads = BenchmarkPlan.parse("--suite=all").runs().stream()
        .map(PlannedRun::workload)
        .toList();

    assertThat(workloads).doesNotHaveDuplicates();
    assertThat(workloads).extracting(Workload::kind).contains(CallKind.values());
    assertThat(workloads).extracting(Workload::run).contains(RunKind.values());
  }

  @Test
  void oneCallAtATimeIsGivenLongerToGetWarm() {
    List<Timing> timings =
        BenchmarkPlan.parse("--workloads=blocking:1,blocking:2", "--warmup=3", "--max-warmup=5")
            .runs()
            .stream()
            .map(PlannedRun::timing)
            .toList();

    assertThat(timings)
        .extracting(Timing::longestWarmUp)
        .containsExactly(Duration.ofSeconds(15), Duration.ofSeconds(5));
    assertThat(timings).extracting(Timing::warmUp).containsOnly(Duration.ofSeconds(3));
  }

  @Test
  void allSuitesFitIntoAnHour() {
    assertThat(BenchmarkPlan.parse("--suite=all").expected()).isLessThan(Duration.ofMinutes(60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--suite=none",
        "--workloads=nonsense",
        "--clients=nobody",
        "--suite=default --workloads=async:1",
        "--colour",
      })
  void whatCannotBeMeantIsRefused(String arguments) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchmarkPlan.parse(arguments.split(" ")));
  }
}
