// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcStatusCodecTest {

  @Test
  void zeroWithoutMessageIsTheSharedOk() throws Exception {
    assertThat(GrpcStatusCodec.parse(AsciiString.of("0"), null)).isSameAs(Status.OK);
    assertThat(GrpcStatusCodec.parse(AsciiString.of("0"), "")).isSameAs(Status.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "1, CANCELLED",
    "5, NOT_FOUND",
    "05, NOT_FOUND",
    "16, UNAUTHENTICATED",
    "17, UNKNOWN",
    "-1, UNKNOWN",
    "2147483647, UNKNOWN"
  })
  void mapsIntegers(String code, Status.Code expected) throws Exception {
    Status status = GrpcStatusCodec.parse(AsciiString.of(code), AsciiString.of("why"));

    assertThat(status.getCode()).isEqualTo(expected);
    assertThat(status.getDescription()).endsWith("why");
  }

  @Test
  void anUndefinedCodeIsNamedBesideTheMessage() throws Exception {
    assertThat(GrpcStatusCodec.parse("99", "why").getDescription())
        .contains("99")
        .contains("why");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0x0", "1.0", " 1", "OK", "2147483648", "0,0"})
  void rejectsACodeThatIsNoInteger(String code) {
    assertThatThrownBy(() -> GrpcStatusCodec.parse(AsciiString.of(code), null))
        .isInstanceOf(MalformedHeaderException.class)
        .hasMessage("malformed grpc-status");
  }

  @Conforms("T147")
  @ParameterizedTest
  @CsvSource({
    "plain text, plain text",
    "'', ''",
    "a%20b, a b",
    "%41, A",
    "%e4%bd%a0%E5%A5%BD, 你好",
    "%F0%9F%98%88, 😈",
    "100%, 100%",
    "%, %",
    "%4, %4",
    "%zz%41, %zzA",
    "%%41, %A",
    "%4%31, %41",
    "%2541, %41",
    "'\t%0a', '\t\n'",
    "%ff!, \uFFFD!",
  })
  void decodesEscapesAndKeepsWhatIsNoEscape(String encoded, String expected) {
    assertThat(GrpcStatusCodec.decodeMessage(AsciiString.of(encoded))).isEqualTo(expected);
  }

  @Test
  void takesRawUtf8AndSlicesToo() {
    byte[] bytes = "[größer]".getBytes(StandardCharsets.UTF_8);
    AsciiString slice = new AsciiString(bytes, 1, bytes.length - 2, false);

    assertThat(GrpcStatusCodec.decodeMessage(slice)).isEqualTo("größer");
    byte[] escaped = "[größer%21]".getBytes(StandardCharsets.UTF_8);
    assertThat(
            GrpcStatusCodec.decodeMessage(new AsciiString(escaped, 1, escaped.length - 2, false)))
        .isEqualTo("größer!");
  }

  @Conforms("T143")
  @ParameterizedTest
  @CsvSource({
    "400, INTERNAL, 400 (Bad Request)",
    "401, UNAUTHENTICATED, 401 (Unauthorized)",
    "403, PERMISSION_DENIED, 403 (Forbidden)",
    "404, UNIMPLEMENTED, 404 (Not Found)",
    "429, UNAVAILABLE, 429 (Too Many Requests)",
    "502, UNAVAILABLE, 502 (Bad Gateway)",
    "503, UNAVAILABLE, 503 (Service Unavailable)",
    "504, UNAVAILABLE, 504 (Gateway Timeout)",
    "200, UNKNOWN, 200 (OK)",
    "302, UNKNOWN, 302 (Found)",
    "500, UNKNOWN, 500 (Internal Server Error)",
    "599, UNKNOWN, 599",
    "999, UNKNOWN, 999",
  })
  void mapsHttpStatuses(int httpStatus, Status.Code code, String text) {
    Status status = GrpcStatusCodec.fromHttpStatus(httpStatus);

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription())
        .isEqualTo("unexpected HTTP status code received from server: " + text);
  }
}
