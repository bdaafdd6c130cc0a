// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static dev.clientconn.internal.wire.MetadataCodecTest.ascii;
import static dev.clientconn.internal.wire.MetadataCodecTest.block;
import static dev.clientconn.internal.wire.ResponseBlock.NO_RESPONSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.wire.ResponseBlock.Kind;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadersTest {

  @Conforms("T154")
  @Test
  void aGrpcResponseOpensTheCall() {
    ResponseBlock result = ResponseHeaders.classify(
        block(
            ":status", "200",
            "content-type", "application/grpc",
            "grpc-encoding", "gzip",
            "x-a", "1"),
        false,
        NO_RESPONSE);

    assertThat(result.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(result.httpStatus()).isEqualTo(200);
    assertThat(result.metadata().get(ascii("grpc-encoding"))).isEqualTo("gzip");
    assertThat(result.metadata().get(ascii("x-a"))).isEqualTo("1");
  }

  @Conforms("T142")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc",
        "application/grpc+proto",
        "application/grpc;charset=utf-8",
        "Application/GRPC+json"
      })
  void aGrpcContentTypeOpensTheCallWhateverTheHttpStatus(String contentType) {
    ResponseBlock result = first(contentType, "504");

    assertThat(result.kind()).isEqualTo(Kind.RESPONSE);
    assertThat(result.httpStatus()).isEqualTo(504);
  }

  @Conforms("T142")
  @Test
  void aGrpcStatusMakesTheHttpStatusIrrelevant() {
    ResponseBlock atOnce = classify(
        true,
        NO_RESPONSE,
        ":status",
        "503",
        "content-type",
        "application/grpc",
        "grpc-status",
        "5");
    ResponseBlock afterResponse = classify(true, 503, "grpc-status", "0");

    assertThat(atOnce.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(afterResponse.status()).isSameAs(Status.OK);
  }

  @Conforms("T142")
  @ParameterizedTest
  @CsvSource({
    "400, INTERNAL, 400 (Bad Request)",
    "401, UNAUTHENTICATED, 401 (Unauthorized)",
    "403, PERMISSION_DENIED, 403 (Forbidden)",
    "404, UNIMPLEMENTED, 404 (Not Found)",
    "413, UNKNOWN, 413 (Request Entity Too Large)",
    "429, UNAVAILABLE, 429 (Too Many Requests)",
    "502, UNAVAILABLE, 502 (Bad Gateway)",
    "503, UNAVAILABLE, 503 (Service Unavailable)",
    "504, UNAVAILABLE, 504 (Gateway Timeout)"
  })
  void withoutAGrpcStatusTheHttpStatusIsTheCodeAndIsNamed(int http, Status.Code code, String name) {
    String[] headers = {":status", Integer.toString(http), "content-type", "application/grpc"};
    for (ResponseBlock result :
        List.of(classify(true, NO_RESPONSE, headers), classify(true, http))) {
      assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
      assertThat(result.status().getCode()).isEqualTo(code);
      assertThat(result.status().getDescription())
          .isEqualTo("unexpected HTTP status code received from server: " + name
              + "; the server ended the stream with trailers that have no grpc-status");
    }
  }

  @Conforms("T142")
  @ParameterizedTest
  @ValueSource(
      strings = {"application/grpcweb", "application/grpc-web", "application/grp", "text/html", ""})
  void otherContentTypesAreNotGrpc(String contentType) {
    ResponseBlock result = first(contentType, "200");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription())
        .isEqualTo("unexpected HTTP status code received from server: 200 (OK); received unexpected"
            + " content-type \""
            + contentType
            + "\"");
  }

  @Conforms("T143")
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aProxysResponseIsMappedByItsHttpStatusAndKeepsItsFields(boolean endOfStream) {
    ResponseBlock result = classify(
        endOfStream,
        NO_RESPONSE,
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
    ResponseBlock result = classify(true, NO_RESPONSE, ":status", "200", "grpc-status", "0");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription())
        .isEqualTo(
            "unexpected HTTP status code received from server: 200 (OK); malformed header: missing"
                + " HTTP content-type");
  }

  @Test
  void binaryNamesOfANonGrpcResponseNeedNotBeBase64() {
    ResponseBlock result =
        classify(false, NO_RESPONSE, ":status", "200", "content-type", "text/plain", "x-bin", "!");

    assertThat(result.kind()).isEqualTo(Kind.NOT_GRPC);
    assertThat(result.metadata().keys()).isEmpty();
  }

  @Conforms("T143")
  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/grpc"})
  void aMissingHttpStatusIsMalformed(String contentType) {
    for (boolean endOfStream : new boolean[] {false, true}) {
      ResponseBlock result =
          classify(endOfStream, NO_RESPONSE, "content-type", contentType, "grpc-status", "0");

      assertMalformed(result, Status.Code.INTERNAL, "malformed header: missing HTTP status");
    }
  }

  @Test
  void aGrpcResponseWithoutHttpStatusHasOnlyThatError() {
    ResponseBlock result = classify(false, NO_RESPONSE, "content-type", "application/grpc");

    assertThat(result.status().getDescription()).isEqualTo("malformed header: missing HTTP status");
  }

  @Test
  void withoutStatusAndContentTypeBothAreNamed() {
    assertMalformed(
        classify(false, NO_RESPONSE, "x-a", "1"),
        Status.Code.INTERNAL,
        "missing HTTP status; malformed header: missing HTTP content-type");
  }

  @Conforms("T143")
  @Test
  void trailersWithAnHttpStatusAreMalformed() {
    assertMalformed(
        classify(true, 200, ":status", "200", "grpc-status", "0"),
        Status.Code.INTERNAL,
        "the trailers have a :status");
  }

  @Conforms("T143")
  @ParameterizedTest
  @ValueSource(strings = {"xxxx", "", "20", "2000", "2x0", "-20", "099", "+20"})
  void anOddHttpStatusIsMalformed(String httpStatus) {
    assertMalformed(
        first("application/grpc", httpStatus), Status.Code.INTERNAL, '"' + httpStatus + '"');
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "103", "199"})
  void interimResponsesAreIgnoredUnlessTheyEndTheStream(String httpStatus) {
    assertThat(classify(false, NO_RESPONSE, ":status", httpStatus).kind())
        .isEqualTo(Kind.INFORMATIONAL);
    assertMalformed(
        classify(true, NO_RESPONSE, ":status", httpStatus),
        Status.Code.INTERNAL,
        "protocol error: informational header with status code "
            + httpStatus
            + " must not have END_STREAM set");
  }

  @Test
  void headersInTheMiddleAreMalformed() {
    assertMalformed(
        classify(false, 200, ":status", "200", "content-type", "application/grpc"),
        Status.Code.INTERNAL,
        "a HEADERS frame cannot appear in the middle of a stream");
    assertMalformed(
        classify(false, 200, ":status", "100"),
        Status.Code.INTERNAL,
        "a HEADERS frame cannot appear in the middle of a stream");
  }

  @Test
  void okTrailersAllocateNoStatus() {
    ResponseBlock result = classify(true, 200, "grpc-status", "0");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status()).isSameAs(Status.OK);
    assertThat(result.metadata().keys()).isEmpty();
  }

  @Test
  void trailersCarryStatusMessageAndMetadata() {
    ResponseBlock result =
        classify(true, 200, "grpc-status", "5", "grpc-message", "no %22a%22", "x-a", "1");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(result.status().getDescription()).isEqualTo("no \"a\"");
    assertThat(result.metadata().keys()).containsExactly("x-a");
  }

  @Conforms("T152")
  @Test
  void aCallMayEndInItsFirstHeaders() {
    ResponseBlock result = classify(
        true,
        NO_RESPONSE,
        ":status",
        "200",
        "content-type",
        "application/grpc",
        "grpc-status",
        "12");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(result.metadata().keys()).containsExactly("content-type");
  }

  @Conforms("T146")
  @Test
  void trailersWithoutStatusAreUnknown() {
    ResponseBlock result = classify(true, 200, "x-a", "1");

    assertThat(result.kind()).isEqualTo(Kind.TRAILERS);
    assertThat(result.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(result.status().getDescription())
        .isEqualTo("the server ended the stream with trailers that have no grpc-status");
    assertThat(result.metadata().keys()).containsExactly("x-a");
  }

  @Conforms("T146")
  @Test
  void anOddGrpcStatusIsMalformed() {
    assertMalformed(
        classify(true, 200, "grpc-status", "xxxx"),
        Status.Code.UNKNOWN,
        "malformed grpc-status: \"xxxx\"");
  }

  @Conforms("T146")
  @Test
  void ofSeveralStatusesTheLastCounts() {
    ResponseBlock result = classify(
        true,
        200,
        "grpc-status",
        "0",
        "grpc-message",
        "fine",
        "grpc-status",
        "13",
        "grpc-message",
        "the proxy failed it");

    assertThat(result.status().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(result.status().getDescription()).isEqualTo("the proxy failed it");
  }

  @Test
  void theSameBlockIsClassifiedByTheResponseBeforeIt() {
    HeaderBlock block = block("x-a", "1");

    ResponseBlock after503 = ResponseHeaders.classify(block, true, 503);
    assertThat(ResponseHeaders.classify(block, true, 503)).isSameAs(after503);
    assertThat(ResponseHeaders.classify(block, true, 200).status().getCode())
        .isEqualTo(Status.Code.UNKNOWN);
    assertThat(ResponseHeaders.classify(block, false, 200).kind()).isEqualTo(Kind.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none, none, ''",
        "3, none, ; the status in them is INVALID_ARGUMENT",
        "3, bad%20id, ; the status in them is INVALID_ARGUMENT: bad id",
        "x, none, ''"
      })
  void aListOverTheLimitNamesTheLimitAndTheStatusThatCameWithinIt(
      @Nullable String code, @Nullable String message, String end) {
    List<String> fields = new ArrayList<>();
    if (code != null) {
      fields.addAll(List.of("grpc-status", "0", "grpc-status", code));
    }
    if (message != null) {
      fields.addAll(List.of("grpc-message", message));
    }
    Status status = ResponseHeaders.overLimit(block(fields.toArray(String[]::new)), 8192);

    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription())
        .isEqualTo("the server sent headers or trailers of more than 8192 bytes, the limit that"
            + " maxInboundMetadataSize (property inbound.metadata.max-size) sets" + end);
  }

  @Conforms("T149")
  @Test
  void badBinaryMetadataIsMalformedInHeadersAndTrailers() {
    assertMalformed(
        classify(
            false, NO_RESPONSE, ":status", "200", "content-type", "application/grpc", "x-bin", "!"),
        Status.Code.INTERNAL,
        "malformed x-bin");
    assertMalformed(
        classify(true, 200, "grpc-status", "0", "x-bin", "!"),
        Status.Code.INTERNAL,
        "malformed x-bin");
  }

  private static ResponseBlock first(String contentType, String httpStatus) {
    return classify(false, NO_RESPONSE, ":status", httpStatus, "content-type", contentType);
  }

  private static ResponseBlock classify(boolean endOfStream, int responseStatus, String... fields) {
    return ResponseHeaders.classify(block(fields), endOfStream, responseStatus);
  }

  private static void assertMalformed(ResponseBlock result, Status.Code code, String text) {
    assertThat(result.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(result.status().getCode()).isEqualTo(code);
    assertThat(result.status().getDescription()).contains(text);
    List<String> keys = new ArrayList<>(result.metadata().keys());
    assertThat(keys).isEmpty();
  }
}
