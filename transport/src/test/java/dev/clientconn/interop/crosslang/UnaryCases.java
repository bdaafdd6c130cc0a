// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.assertZeros;
import static dev.clientconn.interop.crosslang.InteropCases.largeRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.testing.integration.EmptyProtos.Empty;
import io.grpc.testing.integration.Messages.SimpleResponse;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls of one request and one response, and the metadata that goes with calls. */
interface UnaryCases extends InteropCases {

  @Test
  default void emptyUnary() {
    assertThat(blocking().emptyCall(Empty.getDefaultInstance()))
        .isEqualTo(Empty.getDefaultInstance());
  }

  @Test
  default void largeUnary() {
    SimpleResponse response = blocking().unaryCall(largeRequest().build());

    assertZeros(response.getPayload(), LARGE_RESPONSE);
  }

  @Test
  default void hundredLargeUnaryCallsAtOnceShareAConnection() {
    List<Replies<SimpleResponse>> calls =
        Stream.generate(Replies<SimpleResponse>::new).limit(100).toList();

    calls.forEach(call -> async().unaryCall(largeRequest().build(), call));

    assertThat(calls)
        .allSatisfy(call -> assertZeros(call.remaining().get(0).getPayload(), LARGE_RESPONSE));
  }

  @Test
  default void customMetadataOfUnaryCallsComesBack() {
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();

    blocking()
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(echoes()),
            MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
        .unaryCall(largeRequest().build());

    assertEchoed(headers, trailers);
  }

  @Test
  default void customMetadataOfStreamsComesBack() {
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    var replies = new Replies<StreamingOutputCallResponse>();

    var requests = async()
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(echoes()),
            MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
        .fullDuplexCall(replies);
    requests.onNext(InteropCases.turn(LARGE_REQUEST, LARGE_RESPONSE));
    requests.onCompleted();

    assertThat(replies.remaining()).hasSize(1);
    assertEchoed(headers, trailers);
  }

  private static Metadata echoes() {
    Metadata metadata = new Metadata();
    metadata.put(ECHO_INITIAL, "test_initial_metadata_value");
    metadata.put(ECHO_TRAILING, new byte[] {(byte) 0xab, (byte) 0xab, (byte) 0xab});
    return metadata;
  }

  private static void assertEchoed(
      AtomicReference<Metadata> headers, AtomicReference<Metadata> trailers) {
    Metadata first = headers.get();
    Metadata last = trailers.get();
    assertThat(first).isNotNull();
    assertThat(last).isNotNull();
    assertThat(first.getAll(ECHO_INITIAL)).containsExactly("test_initial_metadata_value");
    assertThat(last.getAll(ECHO_TRAILING))
        .containsExactly(new byte[] {(byte) 0xab, (byte) 0xab, (byte) 0xab});
  }
}
