// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.assertZeros;
import static dev.clientconn.interop.crosslang.InteropCases.input;
import static dev.clientconn.interop.crosslang.InteropCases.turn;
import static dev.clientconn.interop.crosslang.InteropCases.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.testing.integration.Messages.Payload;
import io.grpc.testing.integration.Messages.StreamingInputCallResponse;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls of many requests, many responses, or both. */
interface StreamingCases extends InteropCases {

  @Test
  default void clientStreaming() {
    var replies = new Replies<StreamingInputCallResponse>();

    var requests = async().streamingInputCall(replies);
    for (int size : new int[] {27_182, 8, 1_828, 45_904}) {
      requests.onNext(input(size));
    }
    requests.onCompleted();

    assertThat(replies.remaining())
        .extracting(StreamingInputCallResponse::getAggregatedPayloadSize)
        .containsExactly(74_922);
  }

  @Test
  default void serverStreaming() {
    List<Payload> payloads = new ArrayList<>();

    blocking()
        .streamingOutputCall(wanted(31_415, 9, 2_653, 58_979))
        .forEachRemaining(response -> payloads.add(response.getPayload()));

    assertZeros(payloads, 31_415, 9, 2_653, 58_979);
  }

  @Test
  default void pingPong() throws InterruptedException {
    var replies = new Replies<StreamingOutputCallResponse>();

    int[] requestSizes = {27_182, 8, 1_828, 45_904};
    int[] responseSizes = {31_415, 9, 2_653, 58_979};
    var requests = async().fullDuplexCall(replies);
    for (int i = 0; i < requestSizes.length; i++) {
      requests.onNext(turn(requestSizes[i], responseSizes[i]));
      assertZeros(replies.next().getPayload(), responseSizes[i]);
    }
    requests.onCompleted();

    assertThat(replies.remaining()).isEmpty();
  }

  @Test
  default void emptyStream() {
    var replies = new Replies<StreamingOutputCallResponse>();

    async().fullDuplexCall(replies).onCompleted();

    assertThat(replies.remaining()).isEmpty();
  }
}
