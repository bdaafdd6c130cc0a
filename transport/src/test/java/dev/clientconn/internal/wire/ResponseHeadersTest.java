// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static dev.clientconn.internal.wire.MetadataCodecTest.ascii;
import static dev.clientconn.internal.wire.MetadataCodecTest.block;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.wire.ResponseHeaders.Kind;
import dev.clientconn.internal.wire.ResponseHeaders.Result;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadersTest {

  @Test
  void aGrpcResponseOpensTheCall() {
    Result result = ResponseHeaders.classify(
        block(
            ":status", "200",
            "content-type", "application/grpc",
            "grpc-encoding", "gzip",
            "x-a", "1"),
        false,
        false);

    assertThat(result.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(result.messageEncoding()).isEqualTo("gzip");
    assertThat(result.metadata().get(ascii("x-a"))).isEqualTo("1");
  }

  @Test
  void aResponseWithoutEncodingHasNone() {
    Result result = first("application/grpc", "200");

    assertThat(result.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(result.messageEncoding()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc",
        "application/grpc+proto",
        "application/grpc;charset=utf-8",
        "Application/GRPC+json"
      })
  void grpcContentTypesMakeTheHttpStatusIrrelevant(String contentType) {
    assertThat(first(contentType, "504").kind()).isEqualTo(Kind.RESPONSE);
    assertThat(classify(false, false, "content-type", contentType).kind()).isEqualTo(Kind.RESPONSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/grpcweb", "application/grpc-web", "application/grp", "text/html", ""})
  void otherContentTypesAreNotGrpc(String contentType) {
    Result result = first(contentType, "200");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription())
        .isEqualTo("unexpected HTTP status code received from server: 200 (OK); received unexpected"
            + " content-type \""
            + contentType
            + "\"");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aProxysAnswerIsMappedByItsHttpStatusAndKeepsItsFields(boolean endOfStream) {
    Result result = classify(
        endOfStream,
        false,
        ":status",
        "503",
        "content-type",
        "text/html",
        "server",
        "proxy",
        "grpc-status",
        "0");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(result.metadata().get(ascii("server"))).isEqualTo("proxy");
  }

  @Test
  void aMissingContentTypeIsNamed() {
    Result result = classify(true, false, ":status", "200", "grpc-status", "0");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription())
        .isEqualTo(
            "unexpected HTTP status code received from server: 200 (OK); malformed header: missing"
                + " HTTP content-type");
  }

  @Test
  void binaryNamesOfANonGrpcResponseNeedNotBeBase64() {
    Result result =
        classify(false, false, ":status", "200", "content-type", "text/plain", "x-bin", "!");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.metadata().keys()).isEmpty();
  }

  @Test
  void aMissingHttpStatusIsMalformed() {
    Result result = classify(false, false, "content-type", "application/json");

    assertMalformed(result, Status.Code.INTERNAL, "missing HTTP status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xxxx", "", "20", "2000", "2x0", "-20", "099", "+20"})
  void anOddHttpStatusIsMalformed(String httpStatus) {
    assertMalformed(
        first("application/grpc", httpStatus), Status.Code.INTERNAL, '"' + httpStatus + '"');
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "103", "199"})
  void interimResponsesAreIgnoredUnlessTheyEndTheStream(String httpStatus) {
    assertThat(classify(false, false, ":status", httpStatus).kind()).isEqualTo(Kind.INFORMATIONAL);
    assertMalformed(
        classify(true, false, ":status", httpStatus),
        Status.Code.INTERNAL,
        "protocol error: informational header with status code "
            + httpStatus
            + " must not have END_STREAM set");
  }

  @Test
  void headersInTheMiddleAreMalformed() {
    assertMalformed(
        classify(false, true, ":status", "200", "content-type", "application/grpc"),
        Status.Code.INTERNAL,
        "a HEADERS frame cannot appear in the middle of a stream");
    assertMalformed(
        classify(false, true, ":status", "100"),
        Status.Code.INTERNAL,
        "a HEADERS frame cannot appear in the middle of a stream");
  }

  @Test
  void okTrailersCostNoStatus() {
    Result result = classify(true, true, "grpc-status", "0");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status()).isSameAs(Status.OK);
    assertThat(result.metadata().keys()).isEmpty();
  }

  @Test
  void trailersCarryStatusMessageAndMetadata() {
    Result result =
        classify(true, true, "grpc-status", "5", "grpc-message", "no %22a%22", "x-a", "1");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(result.status().getDescription()).isEqualTo("no \"a\"");
    assertThat(result.metadata().keys()).containsExactly("x-a");
  }

  @Test
  void aCallMayEndInItsFirstHeaders() {
    Result result = classify(
        true, false, ":status", "200", "content-type", "application/grpc", "grpc-status", "12");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(result.metadata().keys()).containsExactly("content-type");
  }

  @Test
  void trailersWithoutStatusAreUnknown() {
    Result result = classify(true, true, "x-a", "1");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription()).contains("no grpc-status");
    assertThat(result.metadata().keys()).containsExactly("x-a");
  }

  @Test
  void anOddGrpcStatusIsMalformed() {
    assertMalformed(
        classify(true, true, "grpc-status", "xxxx"),
        Status.Code.UNKNOWN,
        "malformed grpc-status: \"xxxx\"");
  }

  @Test
  void badBinaryMetadataIsMalformedInHeadersAndTrailers() {
    assertMalformed(
        classify(false, false, ":status", "200", "content-type", "application/grpc", "x-bin", "!"),
        Status.Code.INTERNAL,
        "malformed x-bin");
    assertMalformed(
        classify(true, true, "grpc-status", "0", "x-bin", "!"),
        Status.Code.INTERNAL,
        "malformed x-bin");
  }

  private static Result first(String contentType, String httpStatus) {
    return classify(false, false, ":status", httpStatus, "content-type", contentType);
  }

  private static Result classify(boolean endOfStream, boolean responseSeen, String... fields) {
    return ResponseHeaders.classify(block(fields), endOfStream, responseSeen);
  }

  private static void assertMalformed(Result result, Status.Code code, String text) {
    assertThat(result.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(result.status().getCode()).isEqualTo(code);
    assertThat(result.status().getDescription()).contains(text);
    List<String> keys = new ArrayList<>(result.metadata().keys());
    assertThat(keys).isEmpty();
  }
}
