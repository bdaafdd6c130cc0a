// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

  private static final Timing USUAL =
      new Timing(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(2));

  @Test
  void aWordSaysEverything() {
    Workload workload = Workload.parse("async:64+kind=client-stream+request=1K+response=2M"
        + "+messages=7+deadline+metadata=10+gzip+metrics+connections=4+idle=5+tls=openssl+rtt=20");

    assertThat(workload)
        .isEqualTo(new Workload(
            RunKind.LOAD,
            StubMode.ASYNC,
            64,
            CallKind.CLIENT_STREAM,
            1_024,
            2 << 20,
            7,
            new CallFeatures(true, 10, true, true),
            new Network(4, 5, Network.Tls.OPENSSL, 20)));
    assertThat(workload.label())
        .isEqualTo("client stream of 7 x 1 KiB, async x64, deadline, metadata 10, gzip, metrics,"
            + " connections 4, idle 5, tls openssl, rtt 20");
    assertThat(workload.serverSetting())
        .isEqualTo(new ServerSetting(CallKind.CLIENT_STREAM, 1_024, 2 << 20, 7, true, true, 20));
  }

  @Test
  void aWordThatSaysNothingIsAPlainUnaryCall() {
    Workload workload = Workload.parse("blocking:3");

    assertThat(workload.plain()).isTrue();
    assertThat(workload.label()).isEqualTo("unary 100 B, blocking x3");
  }

  @ParameterizedTest
  @MethodSource("suiteWords")
  void everySuitesWordIsReadBackFromWhatItPrints(String word) {
    Workload workload =
        PlannedRun.parse(word, WorkloadWord.Defaults.STANDARD, USUAL, List.of()).workload();

    assertThat(Workload.parse(workload.word())).isEqualTo(workload);
  }

  static List<String> suiteWords() {
    return Suites.named(Suites.ALL).stream()
        .flatMap(suite -> Suites.words(suite).stream())
        .toList();
  }

  @Test
  void messagesAboveOneAreServerStreamsWhereNoKindIsSaid() {
    WorkloadWord.Defaults defaults = new WorkloadWord.Defaults(1, 2, 50);

    assertThat(WorkloadWord.parse("async:1", defaults).kind()).isEqualTo(CallKind.SERVER_STREAM);
    assertThat(WorkloadWord.parse("async:1", defaults).messages()).isEqualTo(50);
    assertThat(WorkloadWord.parse("async:1+kind=ping-pong", defaults).messages())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "async",
        "asynchronous:1",
        "async:0",
        "async:x",
        "async:1+kind=stream",
        "async:1+colour=red",
        "async:1+request=-1",
        "async:1+request=5000M",
        "async:1+tls=gnutls",
        "async:1+connections=2",
        "async:1+messages=0",
        "async:1+kind=ping-pong+messages=5",
        "async:1+kind=duplex+idle=1",
        "async:1+run=setup",
        "future:1+kind=server-stream",
        "blocking:1+kind=client-stream",
        "blocking-v2:1+kind=duplex",
        "async:1+metadata=1000",
      })
  void aWordThatMakesNoSenseIsRefusedByName(String word) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.parse(word))
        .withMessageContaining("'" + word + "'");
  }

  @Test
  void aWordCanSayItsOwnTimes() {
    PlannedRun run = PlannedRun.parse(
        "async:1+warmup=1.5+measure=9+rtt=20", WorkloadWord.Defaults.STANDARD, USUAL, List.of());

    assertThat(run.timing())
        .isEqualTo(
            new Timing(Duration.ofMillis(1_500), Duration.ofMillis(3_500), Duration.ofSeconds(9)));
    assertThat(run.workload()).isEqualTo(Workload.parse("async:1+rtt=20"));
  }

  @Test
  void aWordCanSayItsOwnHeap() {
    List<String> usual = List.of("-Xms1g", "-XX:+UseSerialGC", "-Xmx1g");
    PlannedRun run =
        PlannedRun.parse("async:1+heap=3g", WorkloadWord.Defaults.STANDARD, USUAL, List.of());
    PlannedRun other =
        PlannedRun.parse("async:1", WorkloadWord.Defaults.STANDARD, USUAL, List.of());

    assertThat(run.jvmArguments(usual)).containsExactly("-XX:+UseSerialGC", "-Xms3g", "-Xmx3g");
    assertThat(other.jvmArguments(usual)).isEqualTo(usual);
    assertThat(run.workload()).isEqualTo(other.workload());
  }
}
