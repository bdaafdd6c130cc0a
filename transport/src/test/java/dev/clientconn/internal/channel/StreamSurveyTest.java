// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.call.WaitingCall;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.WaitCause;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class StreamSurveyTest {

  private static final StreamSnapshot STREAM = waiting(new Object(), "a/Stream").toSnapshot();

  private final List<WaitingCall> waiting = new ArrayList<>();
  private final List<CompletableFuture<List<StreamSnapshot>>> asked = new ArrayList<>();
  private final StreamSurvey survey = new StreamSurvey(this::source, Runnable::run);

  private static WaitingCall waiting(Object call, String method) {
    return new WaitingCall(call, method, OptionalLong.empty(), WaitCause.CREDENTIALS);
  }

  private StreamSurvey.Source source() {
    return new StreamSurvey.Source() {
      @Override
      public List<ClientTransport> connections() {
        FakeTransport connection = new FakeTransport();
        connection.streamList = () -> {
          CompletableFuture<List<StreamSnapshot>> list = new CompletableFuture<>();
          asked.add(list);
          return list;
        };
        return List.of(connection);
      }

      @Override
      public List<WaitingCall> waitingCalls() {
        return List.copyOf(waiting);
      }
    };
  }

  @Test
  void thousandRequestsAtTheSameTimeAskTheConnectionsTwice() {
    List<CompletableFuture<List<StreamSnapshot>>> requests = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      requests.add(survey.request());
    }
    assertThat(asked).hasSize(1);

    asked.get(0).complete(List.of(STREAM));
    assertThat(requests.get(0)).isCompletedWithValue(List.of(STREAM));
    assertThat(requests.get(1)).isNotDone();
    assertThat(asked).hasSize(2);

    asked.get(1).complete(List.of());
    assertThat(requests.subList(1, 1_000))
        .allSatisfy(request -> assertThat(request).isCompletedWithValue(List.of()));
    assertThat(asked).hasSize(2);
  }

  @Test
  void callThatWaitsFromBeginToEndIsListed() {
    Object stays = new Object();
    Object getsItsStream = new Object();
    waiting.add(waiting(stays, "a/Stays"));
    waiting.add(waiting(getsItsStream, "a/Goes"));
    CompletableFuture<List<StreamSnapshot>> request = survey.request();

    waiting.remove(1);
    waiting.add(waiting(new Object(), "a/Comes"));
    asked.get(0).complete(List.of(STREAM));

    assertThat(request.join())
        .extracting(StreamSnapshot::method)
        .containsExactly("a/Stream", "a/Stays");
  }

  @Test
  void requestThatIsCancelledAffectsNoOther() {
    CompletableFuture<List<StreamSnapshot>> first = survey.request();
    CompletableFuture<List<StreamSnapshot>> second = survey.request();
    CompletableFuture<List<StreamSnapshot>> third = survey.request();
    second.cancel(true);

    asked.get(0).complete(List.of());
    asked.get(1).complete(List.of(STREAM));

    assertThat(first).isCompletedWithValue(List.of());
    assertThat(third).isCompletedWithValue(List.of(STREAM));
  }

  @Test
  void resultIsDueThoughTheExecutorHasEnded() {
    StreamSurvey rejected = new StreamSurvey(this::source, task -> {
      throw new RejectedExecutionException("ended");
    });
    CompletableFuture<List<StreamSnapshot>> request = rejected.request();
    asked.get(0).complete(List.of(STREAM));
    assertThat(request).isCompletedWithValue(List.of(STREAM));
  }

  @Test
  void failureEndsOneSurveyAndNotTheNext() {
    CompletableFuture<List<StreamSnapshot>> first = survey.request();
    asked.get(0).completeExceptionally(new IllegalStateException("broken"));
    assertThat(first).isCompletedExceptionally();

    CompletableFuture<List<StreamSnapshot>> second = survey.request();
    asked.get(1).complete(List.of());
    assertThat(second).isCompletedWithValue(List.of());
  }
}
