// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.testing.integration.Messages.Payload;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.SimpleRequest;
import io.grpc.testing.integration.Messages.StreamingInputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.TestServiceGrpc;
import io.grpc.testing.integration.TestServiceGrpc.TestServiceBlockingStub;
import io.grpc.testing.integration.TestServiceGrpc.TestServiceStub;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * What every group of cases has: a channel to the server under test, and the messages that go to
 * it.
 */
interface InteropCases {
  /** Longer than a busy machine takes for the most calls that a case makes at a time. */
  int DEADLINE_SECONDS = 120;

  int LARGE_REQUEST = 271_828;
  int LARGE_RESPONSE = 314_159;
  Metadata.Key<String> ECHO_INITIAL =
      Metadata.Key.of("x-grpc-test-echo-initial", Metadata.ASCII_STRING_MARSHALLER);
  Metadata.Key<byte[]> ECHO_TRAILING =
      Metadata.Key.of("x-grpc-test-echo-trailing-bin", Metadata.BINARY_BYTE_MARSHALLER);

  ManagedChannel channel();

  /** The features this server lacks, each with the reason. */
  Map<Feature, String> missing();

  default void needs(Feature... features) {
    for (Feature feature : features) {
      String why = missing().get(feature);
      if (why != null) {
        String skipped = getClass().getSimpleName() + ": the server lacks " + feature + ": " + why;
        System.err.println("INTEROP SKIPPED: " + skipped);
        abort(skipped);
      }
    }
  }

  default TestServiceBlockingStub blocking() {
    return TestServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  default TestServiceStub async() {
    return TestServiceGrpc.newStub(channel()).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  static Payload payload(int size) {
    return Payload.newBuilder().setBody(ByteString.copyFrom(new byte[size])).build();
  }

  static SimpleRequest.Builder largeRequest() {
    return SimpleRequest.newBuilder()
        .setResponseSize(LARGE_RESPONSE)
        .setPayload(payload(LARGE_REQUEST));
  }

  static StreamingInputCallRequest input(int size) {
    return StreamingInputCallRequest.newBuilder().setPayload(payload(size)).build();
  }

  /** Asks for responses of these sizes. */
  static StreamingOutputCallRequest wanted(int... sizes) {
    return StreamingOutputCallRequest.newBuilder()
        .addAllResponseParameters(IntStream.of(sizes)
            .mapToObj(size -> ResponseParameters.newBuilder().setSize(size).build())
            .toList())
        .build();
  }

  /** One turn of a conversation: a payload of one size, which asks for a response of another. */
  static StreamingOutputCallRequest turn(int requestSize, int responseSize) {
    return wanted(responseSize).toBuilder().setPayload(payload(requestSize)).build();
  }

  static void assertZeros(Payload payload, int size) {
    assertThat(payload).isEqualTo(payload(size));
  }

  static void assertZeros(List<Payload> payloads, int... sizes) {
    assertThat(payloads)
        .isEqualTo(IntStream.of(sizes).mapToObj(InteropCases::payload).toList());
  }

  static Status statusOf(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure).as("the call must fail").isNotNull();
    return failure.getStatus();
  }
}
