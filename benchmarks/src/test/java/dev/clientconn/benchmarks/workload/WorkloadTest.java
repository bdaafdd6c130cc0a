// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

  @Test
  void aSpecNamesEveryProperty() {
    Workload workload = Workload.parse("async:64+kind=client-stream+request=1K+response=2M"
        + "+messages=7+deadline+metadata=10+gzip+metrics+retry+report+connections=4+tls=openssl"
        + "+rtt=20");

    assertThat(workload)
        .isEqualTo(new Workload(
            Workload.Run.LOAD,
            StubMode.ASYNC,
            64,
            CallKind.CLIENT_STREAM,
            1_024,
            2 << 20,
            7,
            new Workload.Features(true, 10, true, true, true, true),
            new Workload.Network(4, Workload.Tls.OPENSSL, 20)));
    assertThat(workload.label())
        .isEqualTo("client stream of 7 x 1 KiB, async x64, deadline, metadata 10, gzip, metrics,"
            + " retry, report, connections 4, tls openssl, rtt 20");
  }

  @Test
  void aSpecWithoutOptionsIsAPlainUnaryCall() {
    Workload workload = Workload.parse("blocking:3");

    assertThat(workload.plain()).isTrue();
    assertThat(workload.label()).isEqualTo("unary 100 B, blocking x3");
  }

  @Test
  void aStreamHasAThousandMessagesUnlessItsSpecSaysOtherwise() {
    assertThat(Workload.parse("async:1+kind=server-stream").messages()).isEqualTo(1_000);
    assertThat(Workload.parse("async:1+kind=server-stream+messages=5").messages())
        .isEqualTo(5);
    assertThat(Workload.parse("async:1+kind=ping-pong").messages()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("suiteSpecs")
  void everySuitesWorkloadIsParsedFromItsSpec(String spec) {
    Workload workload = Workload.parse(spec);

    assertThat(Workload.parse(workload.spec())).isEqualTo(workload);
  }

  static List<String> suiteSpecs() {
    return Suite.ALL.specs();
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
        "async:1+kind=ping-pong+run=stream-memory",
        "future:1+kind=server-stream",
        "blocking:1+kind=client-stream",
        "blocking-v2:1+kind=ping-pong",
        "async:1+metadata=1000",
        "async:1+mode=blocking",
      })
  void anInvalidSpecIsRefusedByName(String spec) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.parse(spec))
        .withMessageContaining("'" + spec + "'");
  }

  @Test
  void aCompressedMessageIsMarkedAndUnzipsToThePlainOne() throws Exception {
    byte[] plain = EchoMessages.framed(10_000);
    byte[] compressed = EchoMessages.compressed(10_000);

    assertThat(plain[0]).isZero();
    assertThat(ByteBuffer.wrap(plain).getInt(1)).isEqualTo(plain.length - 5);
    assertThat(compressed[0]).isEqualTo((byte) 1);
    assertThat(ByteBuffer.wrap(compressed).getInt(1)).isEqualTo(compressed.length - 5);
    ByteArrayInputStream body = new ByteArrayInputStream(compressed, 5, compressed.length - 5);
    assertThat(new GZIPInputStream(body).readAllBytes()).hasSize(plain.length - 5);
  }
}
