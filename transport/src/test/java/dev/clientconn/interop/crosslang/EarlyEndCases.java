// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.assertZeros;
import static dev.clientconn.interop.crosslang.InteropCases.payload;
import static dev.clientconn.interop.crosslang.InteropCases.turn;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.StreamingInputCallResponse;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Calls that the client ends before the server does. The connection must serve the next call all
 * the same.
 */
interface EarlyEndCases extends UnaryCases {
  int TEN_SECONDS_AS_MICROS = 10_000_000;

  @Test
  default void timeoutOnSleepingServer() {
    var replies = new Replies<StreamingOutputCallResponse>();
    StreamingOutputCallRequest sleep = StreamingOutputCallRequest.newBuilder()
        .setPayload(payload(27_182))
        .addResponseParameters(
            ResponseParameters.newBuilder().setSize(31_415).setIntervalUs(TEN_SECONDS_AS_MICROS))
        .build();

    sendUnlessOver(
        async().withDeadlineAfter(1, TimeUnit.MILLISECONDS).fullDuplexCall(replies), sleep);

    assertThat(replies.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    emptyUnary();
  }

  @Test
  default void cancelAfterBegin() {
    var replies = new Replies<StreamingInputCallResponse>();

    cancel(async().streamingInputCall(replies));

    assertThat(replies.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    emptyUnary();
  }

  @Test
  default void cancelAfterFirstResponse() throws InterruptedException {
    var replies = new Replies<StreamingOutputCallResponse>();

    var requests = async().fullDuplexCall(replies);
    requests.onNext(turn(27_182, 31_415));
    assertZeros(replies.next().getPayload(), 31_415);
    cancel(requests);

    assertThat(replies.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    emptyUnary();
  }

  private static void cancel(StreamObserver<?> requests) {
    ((ClientCallStreamObserver<?>) requests).cancel("the test wants no more", null);
  }

  /** The deadline may have passed already, and then the stub rejects what is sent. */
  private static <T> void sendUnlessOver(StreamObserver<T> requests, T message) {
    try {
      requests.onNext(message);
    } catch (IllegalStateException over) {
      assertThat(over).hasMessageContaining("call");
    }
  }
}
