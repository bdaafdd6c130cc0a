// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The clients that are neither ours nor the baseline make the same calls as those do. */
@Timeout(60)
class OtherClientsTest {

  private static final List<String> CLIENTS = List.of("armeria", "vertx", "okhttp");
  private static final Duration SHORT = Duration.ofMillis(200);

  private static final List<String> WORDS = List.of(
      "async-direct:4",
      "async:4",
      "blocking:2",
      "blocking-v2:2",
      "future:4",
      "async-direct:2+response=100K",
      "async-direct:2+request=100K",
      "async-direct:4+deadline+metadata=10",
      "async-direct:4+metrics",
      "async-direct:4+connections=2",
      "blocking:2+run=setup",
      "async-direct:2+kind=server-stream+messages=50",
      "blocking:2+kind=server-stream+messages=50");

  @ParameterizedTest
  @MethodSource
  void makesTheCallsOfTheWorkload(String client, String word) throws Exception {
    Workload workload = Workload.parse(word);

    assertThat(ClientCatalog.named(client).supports(workload)).isTrue();
    assertThat(measure(client, workload, workload.response()).operations()).isPositive();
  }

  static Stream<Arguments> makesTheCallsOfTheWorkload() {
    return CLIENTS.stream()
        .flatMap(client -> WORDS.stream().map(word -> Arguments.of(client, word)));
  }

  @ParameterizedTest
  @CsvSource({
    "okhttp, async-direct:1+kind=duplex",
    "okhttp, async-direct:1+tls=jdk",
    "armeria, async-direct:1+tls=jdk",
    "vertx, async-direct:1+tls=jdk",
    "vertx, async-virtual:1",
    "vertx, async-direct:1+idle=10",
    "vertx, blocking-v2:1+kind=ping-pong"
  })
  void refusesWhatTheClientCannotDo(String client, String word) {
    assertThat(ClientCatalog.named(client).supports(Workload.parse(word))).isFalse();
  }

  @ParameterizedTest
  @FieldSource("CLIENTS")
  void anAnswerOfTheWrongShapeFailsTheRun(String client) {
    Workload workload = Workload.parse("async-direct:3");

    assertThatThrownBy(() -> measure(client, workload, new ResponseShape(99, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not end OK");
  }

  private static Measurement measure(String client, Workload workload, ResponseShape shape)
      throws Exception {
    try (BenchmarkServer server = CannedServer.start(shape)) {
      return new ClientRun(
              ClientCatalog.named(client), ServerLocation.plaintext(server.port()), workload)
          .measure(new Timing(SHORT, SHORT, SHORT));
    }
  }
}
