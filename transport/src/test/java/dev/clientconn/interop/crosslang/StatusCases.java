// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import static dev.clientconn.interop.crosslang.InteropCases.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.testing.integration.EmptyProtos.Empty;
import io.grpc.testing.integration.Messages.EchoStatus;
import io.grpc.testing.integration.Messages.SimpleRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import io.grpc.testing.integration.UnimplementedServiceGrpc;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that the server ends with an error. */
interface StatusCases extends InteropCases {
  EchoStatus PLAIN = EchoStatus.newBuilder()
      .setCode(Status.Code.UNKNOWN.value())
      .setMessage("test status message")
      .build();
  EchoStatus SPECIAL = EchoStatus.newBuilder()
      .setCode(Status.Code.UNKNOWN.value())
      .setMessage("\t\ntest with whitespace\r\nand Unicode BMP \u263A and non-BMP \uD83D\uDE08\t\n")
      .build();

  @Test
  default void statusCodeAndMessageOfUnaryCalls() {
    assertStatus(statusOf(() -> blocking().unaryCall(asking(PLAIN))), PLAIN);
  }

  @Test
  default void statusCodeAndMessageOfStreams() {
    var replies = new Replies<StreamingOutputCallResponse>();

    var requests = async().fullDuplexCall(replies);
    requests.onNext(
        StreamingOutputCallRequest.newBuilder().setResponseStatus(PLAIN).build());
    requests.onCompleted();

    assertStatus(replies.status(), PLAIN);
  }

  @Test
  default void specialStatusMessage() {
    assertStatus(statusOf(() -> blocking().unaryCall(asking(SPECIAL))), SPECIAL);
  }

  @Test
  default void unimplementedMethod() {
    Status status = statusOf(() -> blocking().unimplementedCall(Empty.getDefaultInstance()));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  default void unimplementedService() {
    var stub = UnimplementedServiceGrpc.newBlockingStub(channel())
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);

    Status status = statusOf(() -> stub.unimplementedCall(Empty.getDefaultInstance()));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private static SimpleRequest asking(EchoStatus status) {
    return SimpleRequest.newBuilder().setResponseStatus(status).build();
  }

  private static void assertStatus(Status status, EchoStatus asked) {
    assertThat(status.getCode().value()).isEqualTo(asked.getCode());
    assertThat(status.getDescription()).isEqualTo(asked.getMessage());
  }
}
