// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.assertZeros;
import static dev.clientconn.interop.crosslang.InteropCases.largeRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.testing.integration.Messages.BoolValue;
import io.grpc.testing.integration.Messages.Payload;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.SimpleResponse;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Responses in gzip, because the request asks for them so. */
interface CompressedResponseCases extends InteropCases {

  @Test
  default void serverCompressedUnary() {
    needs(Feature.GZIP);
    assertThat(wireSizeOfResponse(true)).isLessThan(LARGE_RESPONSE);
    assertThat(wireSizeOfResponse(false)).isGreaterThan(LARGE_RESPONSE);
  }

  @Test
  default void serverCompressedStreaming() {
    needs(Feature.GZIP, Feature.COMPRESSES_EACH_MESSAGE);
    WireSizes sizes = new WireSizes();

    assertZeros(responses(sizes, wanted(31_415, true), wanted(92_653, false)), 31_415, 92_653);

    assertThat(sizes.received()).hasSize(2);
    assertThat(sizes.received().get(0)).isLessThan(31_415);
    assertThat(sizes.received().get(1)).isGreaterThan(92_653);
  }

  @Test
  default void clientReadsAStreamOfCompressedResponses() {
    needs(Feature.GZIP);
    WireSizes sizes = new WireSizes();

    assertZeros(responses(sizes, wanted(31_415, true), wanted(92_653, true)), 31_415, 92_653);

    assertThat(sizes.received()).hasSize(2).allSatisfy(size -> assertThat(size).isLessThan(31_415));
  }

  private long wireSizeOfResponse(boolean compressed) {
    WireSizes sizes = new WireSizes();
    SimpleResponse response = blocking()
        .withInterceptors(sizes)
        .unaryCall(largeRequest().setResponseCompressed(bool(compressed)).build());
    assertZeros(response.getPayload(), LARGE_RESPONSE);
    assertThat(sizes.received()).hasSize(1);
    return sizes.received().get(0);
  }

  private List<Payload> responses(WireSizes sizes, ResponseParameters... wanted) {
    List<Payload> payloads = new ArrayList<>();
    blocking()
        .withInterceptors(sizes)
        .streamingOutputCall(StreamingOutputCallRequest.newBuilder()
            .addAllResponseParameters(List.of(wanted))
            .build())
        .forEachRemaining(response -> payloads.add(response.getPayload()));
    return payloads;
  }

  private static ResponseParameters wanted(int size, boolean compressed) {
    return ResponseParameters.newBuilder()
        .setSize(size)
        .setCompressed(bool(compressed))
        .build();
  }

  private static BoolValue bool(boolean value) {
    return BoolValue.newBuilder().setValue(value).build();
  }
}
