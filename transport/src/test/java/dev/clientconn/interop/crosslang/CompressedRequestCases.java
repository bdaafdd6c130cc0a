// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.assertZeros;
import static dev.clientconn.interop.crosslang.InteropCases.input;
import static dev.clientconn.interop.crosslang.InteropCases.largeRequest;
import static dev.clientconn.interop.crosslang.InteropCases.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.testing.integration.Messages.BoolValue;
import io.grpc.testing.integration.Messages.SimpleRequest;
import io.grpc.testing.integration.Messages.StreamingInputCallRequest;
import io.grpc.testing.integration.Messages.StreamingInputCallResponse;
import org.junit.jupiter.api.Test;

/**
 * Requests in gzip. The standard's cases need a server that sees compression; the last one needs
 * any that reads it.
 */
interface CompressedRequestCases extends InteropCases {
  BoolValue YES = BoolValue.newBuilder().setValue(true).build();
  BoolValue NO = BoolValue.getDefaultInstance();

  @Test
  default void clientCompressedUnary() {
    needs(Feature.GZIP, Feature.SEES_COMPRESSION);
    SimpleRequest compressed = largeRequest().setExpectCompressed(YES).build();
    SimpleRequest plain = largeRequest().setExpectCompressed(NO).build();

    Status probe = statusOf(() -> blocking().unaryCall(compressed));
    assertThat(probe.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertZeros(
        blocking().withCompression("gzip").unaryCall(compressed).getPayload(), LARGE_RESPONSE);
    assertZeros(blocking().unaryCall(plain).getPayload(), LARGE_RESPONSE);
  }

  @Test
  default void clientCompressedStreaming() {
    needs(Feature.GZIP, Feature.SEES_COMPRESSION);
    var probe = new Replies<StreamingInputCallResponse>();
    var probing = async().streamingInputCall(probe);
    probing.onNext(expecting(YES, 27_182));
    assertThat(probe.status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);

    var replies = new Replies<StreamingInputCallResponse>();
    var requests = (ClientCallStreamObserver<StreamingInputCallRequest>)
        async().withCompression("gzip").streamingInputCall(replies);
    requests.onNext(expecting(YES, 27_182));
    requests.setMessageCompression(false);
    requests.onNext(expecting(NO, 45_904));
    requests.onCompleted();

    assertThat(replies.remaining())
        .extracting(StreamingInputCallResponse::getAggregatedPayloadSize)
        .containsExactly(73_086);
  }

  @Test
  default void serverReadsCompressedAndPlainRequestsOfOneStream() {
    needs(Feature.GZIP);
    WireSizes sizes = new WireSizes();
    var replies = new Replies<StreamingInputCallResponse>();

    var requests = (ClientCallStreamObserver<StreamingInputCallRequest>)
        async().withCompression("gzip").withInterceptors(sizes).streamingInputCall(replies);
    requests.onNext(input(27_182));
    requests.setMessageCompression(false);
    requests.onNext(input(45_904));
    requests.onCompleted();

    assertThat(replies.remaining())
        .extracting(StreamingInputCallResponse::getAggregatedPayloadSize)
        .containsExactly(73_086);
    assertThat(sizes.sent()).hasSize(2);
    assertThat(sizes.sent().get(0)).isLessThan(27_182);
    assertThat(sizes.sent().get(1)).isGreaterThan(45_904);
  }

  private static StreamingInputCallRequest expecting(BoolValue compressed, int size) {
    return input(size).toBuilder().setExpectCompressed(compressed).build();
  }
}
