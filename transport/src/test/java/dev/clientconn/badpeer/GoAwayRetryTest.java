// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.badpeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.util.concurrent.ListenableFuture;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.netty.channel.ChannelId;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GOAWAY end to end: what a channel makes of a server that leaves. */
class GoAwayRetryTest {

  private static final byte[] EMPTY_MESSAGE = new byte[5];

  private final BlockingQueue<FrameServer.Stream> requests = new LinkedBlockingQueue<>();
  private @Nullable ClientConn conn;

  @AfterEach
  void shutdown() throws InterruptedException {
    if (conn != null) {
      conn.shutdownNow();
      assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private ListenableFuture<HealthCheckResponse> call(FrameServer server) {
    if (conn == null) {
      conn = ClientConnBuilder.forAddress("localhost", server.port())
          .usePlaintext()
          .build();
    }
    return HealthGrpc.newFutureStub(conn)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private FrameServer.Stream nextRequest() throws InterruptedException {
    FrameServer.Stream request = requests.poll(60, TimeUnit.SECONDS);
    assertThat(request).as("a request").isNotNull();
    return java.util.Objects.requireNonNull(request);
  }

  private static void answer(FrameServer.Stream request) {
    request.grpcHeaders().data(false, EMPTY_MESSAGE).headers(true, "grpc-status", "0");
  }

  @Conforms({"T171", "T181"})
  @Test
  void whatTheServerDidNotProcessRunsElsewhereAndTheRestFinishesWhereItIs() throws Exception {
    try (FrameServer server = new FrameServer(requests::add)) {
      ListenableFuture<HealthCheckResponse> processed = call(server);
      FrameServer.Stream first = nextRequest();
      ListenableFuture<HealthCheckResponse> unprocessed = call(server);
      FrameServer.Stream second = nextRequest();
      assertThat(List.of(first.id(), second.id())).containsExactly(1, 3);
      assertThat(second.connection()).isEqualTo(first.connection());

      second.goAway(1, Http2Error.NO_ERROR);

      // The old connection has not drained: its stream is unanswered still.
      FrameServer.Stream again = nextRequest();
      assertThat(again.connection()).isNotEqualTo(first.connection());
      assertThat(processed.isDone()).isFalse();
      answer(again);
      assertThat(unprocessed.get(60, TimeUnit.SECONDS)).isNotNull();
      ListenableFuture<HealthCheckResponse> late = call(server);
      FrameServer.Stream third = nextRequest();
      assertThat(third.connection()).isEqualTo(again.connection());
      answer(third);
      assertThat(late.get(60, TimeUnit.SECONDS)).isNotNull();

      answer(first);
      assertThat(processed.get(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(requests).isEmpty();
    }
  }

  @Conforms({"H12", "T171"})
  @Test
  void aCallThatTwoConnectionsTurnDownIsNotTriedAThirdTime() throws Exception {
    List<ChannelId> connections = new ArrayList<>();
    try (FrameServer server = new FrameServer(requests::add)) {
      ListenableFuture<HealthCheckResponse> call = call(server);
      for (int i = 0; i < 2; i++) {
        FrameServer.Stream request = nextRequest();
        connections.add(request.connection());
        request.goAway(0, Http2Error.NO_ERROR);
      }

      Throwable failure = catchThrowable(() -> call.get(60, TimeUnit.SECONDS));

      Status status = Status.fromThrowable(failure);
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("GOAWAY with code NO_ERROR");
      assertThat(connections).doesNotHaveDuplicates();
      assertThat(requests).isEmpty();
    }
  }

  @Conforms({"H01", "H08", "T180"})
  @Test
  void aServerThatLeavesInTwoStepsLosesNoCall() throws Exception {
    try (FrameServer server = new FrameServer(requests::add)) {
      ListenableFuture<HealthCheckResponse> first = call(server);
      FrameServer.Stream request = nextRequest();

      request.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR);
      request.goAway(request.id(), Http2Error.NO_ERROR);
      answer(request);
      assertThat(first.get(60, TimeUnit.SECONDS)).isNotNull();
      ListenableFuture<HealthCheckResponse> next = call(server);
      FrameServer.Stream elsewhere = nextRequest();
      answer(elsewhere);

      assertThat(next.get(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(elsewhere.connection()).isNotEqualTo(request.connection());
    }
  }
}
