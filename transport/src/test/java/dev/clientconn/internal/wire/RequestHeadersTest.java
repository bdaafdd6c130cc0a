// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static dev.clientconn.internal.wire.MetadataCodecTest.ascii;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.hpack.HpackEncoder;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FixedParameters;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadersTest {

  private static final MethodDescriptor<byte[], byte[]> METHOD = ByteMethods.unary("svc/Method");
  private static final Deadline.Ticker STOPPED = new Deadline.Ticker() {
    @Override
    public long nanoTime() {
      return 42;
    }
  };

  private final RequestHeaders headers = new RequestHeaders("https", "host:1", "agent", "gzip");

  @Conforms({"T070", "T071"})
  @Test
  void aPlainCallHasTheConstantHeadersInOrder() {
    assertThat(list(headers.of(plain(METHOD))))
        .containsExactly(
            ":method: POST",
            ":scheme: https",
            ":path: /svc/Method",
            ":authority: host:1",
            "content-type: application/grpc",
            "user-agent: agent",
            "te: trailers",
            "grpc-accept-encoding: gzip");
  }

  @Test
  void plainCallsOfAMethodShareOneList() {
    assertThat(headers.of(plain(METHOD))).isSameAs(headers.of(plain(METHOD)));
    assertThat(headers.of(plain(METHOD)))
        .isNotSameAs(headers.of(plain(ByteMethods.unary("svc/Other"))));
  }

  @Test
  void callsWithHeadersOfTheirOwnShareTheSameList() {
    RequestHeaders.Lists late = headers.of(call(METHOD, null, 7, null, 0, new Metadata()));

    assertThat(late.shared()).isSameAs(headers.of(plain(METHOD)).shared());
    assertThat(list(late.own())).containsExactly("grpc-timeout: 7n");
  }

  @Conforms("T070")
  @Test
  void varyingHeadersAreBetweenTheConstantOnesAndTheMetadata() {
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-a"), "1");
    metadata.put(Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1});

    List<String> all = list(headers.of(call(METHOD, "other", 5_000_000, "zstd", 3, metadata)));

    assertThat(all)
        .containsExactly(
            ":method: POST",
            ":scheme: https",
            ":path: /svc/Method",
            ":authority: other",
            "content-type: application/grpc",
            "user-agent: agent",
            "te: trailers",
            "grpc-accept-encoding: gzip",
            "grpc-previous-rpc-attempts: 3",
            "grpc-encoding: zstd",
            "grpc-timeout: 5000000n",
            "x-a: 1",
            "x-bin: AQ");
    assertThat(list(headers.of(plain(METHOD)))).contains(":authority: host:1").hasSize(8);
  }

  @Test
  void eachVaryingHeaderComesAlone() {
    Metadata none = new Metadata();
    assertThat(last(call(METHOD, null, 7, null, 0, none))).isEqualTo("grpc-timeout: 7n");
    assertThat(list(headers.of(call(METHOD, null, -1, "gzip", 0, none))))
        .contains("grpc-encoding: gzip")
        .hasSize(9);
    assertThat(list(headers.of(call(METHOD, null, -1, null, 1, none))))
        .contains("grpc-previous-rpc-attempts: 1")
        .hasSize(9);
    assertThat(list(headers.of(call(METHOD, "x", -1, null, 0, none))))
        .contains(":authority: x")
        .hasSize(8);
  }

  @Conforms("T073")
  @Test
  void aClientThatSupportsOnlyIdentitySendsNoAcceptEncoding() {
    RequestHeaders identity = new RequestHeaders("http", "h", "a", null);

    assertThat(list(identity.of(plain(METHOD)))).hasSize(7).last().isEqualTo("te: trailers");
    assertThat(list(identity.of(call(METHOD, null, 7, null, 0, new Metadata()))))
        .hasSize(8);
  }

  @Conforms("T076")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-type",
        "user-agent",
        "te",
        "grpc-encoding",
        "grpc-accept-encoding",
        "grpc-timeout",
        "grpc-status",
        "grpc-message",
        "grpc-message-type",
        "host",
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
        "accept-encoding",
        "content-encoding",
        "content-length",
        "expect",
        "http2-settings"
      })
  void reservedNamesOfMetadataAreNotSent(String name) {
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-a"), "1");
    metadata.put(ascii(name), "user's");
    metadata.put(ascii("x-b"), "2");

    List<String> all = list(headers.of(call(METHOD, null, -1, null, 0, metadata)));

    assertThat(all).hasSize(10).endsWith("x-a: 1", "x-b: 2");
    assertThat(all).noneMatch(header -> header.contains("user's"));
  }

  @Conforms("T076")
  @Test
  void namesThatOnlyResembleReservedOnesAreSent() {
    Metadata metadata = new Metadata();
    metadata.put(ascii("grpc-previous-rpc-attempts"), "1");
    metadata.put(ascii("grpc-retry-pushback-ms"), "2");
    metadata.put(ascii("te2"), "3");
    metadata.put(ascii("UPPER"), "4");

    assertThat(list(headers.of(call(METHOD, null, -1, null, 0, metadata))))
        .endsWith(
            "grpc-previous-rpc-attempts: 1", "grpc-retry-pushback-ms: 2", "te2: 3", "upper: 4");
  }

  @Test
  void metadataThatCannotBeSentFailsTheCallNotTheConnection() {
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-a"), "1\r\nx-injected: 2");

    assertThatThrownBy(() -> headers.of(call(METHOD, null, -1, null, 0, metadata)))
        .isInstanceOf(StatusRuntimeException.class);
  }

  static List<StreamParameters> unsendable() {
    return List.of(
        call(METHOD, "host\r\nx-injected: 1", -1, null, 0, new Metadata()),
        call(METHOD, "host name", -1, null, 0, new Metadata()),
        call(METHOD, "h\u00f6st", -1, null, 0, new Metadata()),
        call(METHOD, null, -1, "zst\n", 0, new Metadata()),
        plain(ByteMethods.unary("svc/Me thod")),
        plain(ByteMethods.unary("svc/M\u00e9thode")));
  }

  @Conforms("T078")
  @ParameterizedTest
  @MethodSource("unsendable")
  void anAuthorityEncodingOrPathThatCannotBeSentFailsTheCall(StreamParameters call) {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> headers.of(call))
          .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(e.getStatus().getDescription())
                .matches("the (authority|message encoding|path) of the call has character 0x\\w\\w"
                    + " at index \\d+: only printable ASCII without spaces can be sent");
          });
    }
  }

  @Test
  void anAuthorityOfTheResolverThatCannotBeSentFailsTheCall() {
    RequestHeaders bad = new RequestHeaders("https", "host\n", "agent", null);

    assertThatThrownBy(() -> bad.of(plain(METHOD)))
        .hasMessageContaining("the authority of the call has character 0x0a at index 4");
  }

  @Test
  void theNumberOfCachedMethodsIsLimited() {
    for (int i = 0; i < RequestHeaders.MAX_CACHED_METHODS; i++) {
      headers.of(plain(ByteMethods.unary("svc/M" + i)));
    }
    StreamParameters late = plain(METHOD);

    assertThat(headers.of(late)).isNotSameAs(headers.of(late));
    assertThat(list(headers.of(late))).contains(":path: /svc/Method");
  }

  @Test
  void listSizeCountsThirtyTwoPerField() {
    Metadata metadata = new Metadata();
    metadata.put(ascii("abc"), "12345");
    long plain = RequestHeaders.listSize(headers.of(plain(METHOD)));

    assertThat(RequestHeaders.listSize(headers.of(call(METHOD, null, -1, null, 0, metadata))))
        .isEqualTo(plain + 3 + 5 + 32);
    assertThat(plain)
        .isEqualTo(list(headers.of(plain(METHOD))).stream()
            .mapToLong(header -> header.length() - 2 + 32)
            .sum());
  }

  @Conforms("T078")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc-timeout",
        "grpc-previous-rpc-attempts",
        "api-key",
        "apikey",
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-forwarded-access-token",
        "x-goog-api-key",
        "x-goog-iap-jwt-assertion",
        "x-id-token",
        "x-session-token",
        "x-vault-token",
        "x-xsrf-token",
        "traceparent",
        "tracestate",
        "b3",
        "x-b3-traceid",
        "x-b3-sampled",
        "x-request-id",
        "x-cloud-trace-context",
        "grpc-trace-bin",
        "grpc-tags-bin",
        "anything-bin"
      })
  void secretsAndOneOffValuesAreNeverIndexed(String name) {
    assertThat(RequestHeaders.isNeverIndexed(AsciiString.of(name))).isTrue();
    assertThat(RequestHeaders.isNeverIndexed(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":method",
        ":path",
        ":authority",
        "content-type",
        "user-agent",
        "te",
        "grpc-encoding",
        "grpc-accept-encoding",
        "x-tenant",
        "b3-x",
        "bin",
        ""
      })
  void theRestIsIndexed(String name) {
    assertThat(RequestHeaders.isNeverIndexed(AsciiString.of(name))).isFalse();
    assertThat(RequestHeaders.isNeverIndexed(name)).isFalse();
  }

  @Test
  void isUnchangedByHpackAndKeepsOneOffValuesOutOfItsTable() throws Exception {
    HpackEncoder encoder = new HpackEncoder(Set.of());
    DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-tenant"), "the-tenant");
    metadata.put(ascii("authorization"), "the-secret");
    // A call that overrides the authority has one list.
    Http2Headers sent =
        headers.of(call(METHOD, "host:1", 7_654_321, null, 0, metadata)).own();

    String second = "";
    for (int i = 0; i < 2; i++) {
      ByteBuf encoded = Unpooled.buffer();
      encoder.encode(sent, encoded);
      second = encoded.toString(ISO_8859_1);
      assertThat(list(decoder.decodeHeaders(1, encoded))).isEqualTo(list(sent));
      encoded.release();
    }

    assertThat(second).contains("7654321n", "the-secret");
    assertThat(second).doesNotContain("the-tenant", "/svc/Method", "host:1", "agent");
  }

  private String last(StreamParameters call) {
    List<String> all = list(headers.of(call));
    return all.get(all.size() - 1);
  }

  private static List<String> list(RequestHeaders.Lists headers) {
    List<String> list = new ArrayList<>(list(headers.shared()));
    list.addAll(list(headers.own()));
    return list;
  }

  private static List<String> list(Http2Headers headers) {
    List<String> list = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      list.add(header.getKey() + ": " + header.getValue());
    }
    assertThat(headers.size()).isEqualTo(list.size());
    return list;
  }

  private static StreamParameters plain(MethodDescriptor<byte[], byte[]> method) {
    return call(method, null, -1, null, 0, new Metadata());
  }

  private static StreamParameters call(
      MethodDescriptor<byte[], byte[]> method,
      @Nullable String authority,
      long timeoutNanos,
      @Nullable String encoding,
      int previousAttempts,
      Metadata metadata) {
    Deadline deadline =
        timeoutNanos < 0 ? null : Deadline.after(timeoutNanos, TimeUnit.NANOSECONDS, STOPPED);
    return new FixedParameters(
        method, authority, deadline, encoding, previousAttempts, 4 << 20, 32 << 10, metadata);
  }
}
