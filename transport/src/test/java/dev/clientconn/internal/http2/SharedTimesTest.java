// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.ByteMethods;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that an event loop ends one after another share readings of the clock. */
@Timeout(60)
class SharedTimesTest extends WaitFixture {
  private Runnable startsNext = () -> {};
  private boolean slowMessages;

  @Test
  void slowCallbackIsInTheTimesOfCallsBehindItButForAFew() throws Exception {
    onThreadOfAnEventLoop(() -> {
      Http2Peer peer = connected();
      call(6);
      advance(10);
      peer.inOneRead(() -> answerAll(peer, 6));
    });

    assertThat(reports.all)
        .extracting(report -> millis(report, WaitCause.APPLICATION))
        .containsExactly(0L, 0L, 0L, 0L, 4L, 4L);
    assertThat(reports.all)
        .extracting(report -> millis(report, WaitCause.SERVER))
        .containsOnly(10L);
    reports.assertAddUp();
    assertTotals(Map.of(WaitCause.SERVER, 60L, WaitCause.APPLICATION, 8L));
  }

  @Test
  void callThatStartsInACallbackDoesNotWaitBeforeItsStart() throws Exception {
    List<Integer> started = new ArrayList<>();
    onThreadOfAnEventLoop(() -> {
      Http2Peer peer = connected();
      startsNext = () -> {
        if (started.size() < 6) {
          started.add(started.size());
          call(1);
        }
      };
      call(6);
      advance(10);
      peer.inOneRead(() -> answerAll(peer, 6));
      reports.all.clear();
      advance(10);
      peer.inOneRead(() -> {
        for (int id = 13; id < 25; id += 2) {
          peer.answers(id);
        }
      });
    });

    assertThat(reports.all).hasSize(6).allSatisfy(report -> {
      assertThat(millis(report, WaitCause.TURN)).isZero();
      assertThat(millis(report, WaitCause.SERVER)).isBetween(10L, 16L);
    });
    reports.assertAddUp();
  }

  @Test
  void callThatEndsAloneHasItsExactTimes() throws Exception {
    onThreadOfAnEventLoop(() -> {
      Http2Peer peer = connected();
      slowMessages = true;
      call(1);
      advance(10);
      peer.inOneRead(() -> answerAll(peer, 1));
    });

    assertThat(reports.millis()).isEqualTo(Map.of("server", 10L, "application", 5L));
    assertTotals(Map.of(WaitCause.SERVER, 10L, WaitCause.APPLICATION, 5L));
  }

  @Test
  void otherThreadsShareNothing() {
    Http2Peer peer = connected();
    call(3);
    advance(10);
    peer.inOneRead(() -> answerAll(peer, 3));

    assertThat(reports.all)
        .extracting(report -> millis(report, WaitCause.APPLICATION))
        .containsExactly(0L, 1L, 2L);
  }

  /** Each call's end takes the application a millisecond. */
  private void call(int calls) {
    for (int i = 0; i < calls; i++) {
      ClientCall<byte[], byte[]> call =
          channel().newCall(ByteMethods.of(MethodType.UNARY, "a/B"), CallOptions.DEFAULT);
      call.start(new Slow(), new Metadata());
      call.request(2);
      call.sendMessage(new byte[10]);
      call.halfClose();
    }
    loop.run();
  }

  private static void answerAll(Http2Peer peer, int calls) {
    for (int i = 0; i < calls; i++) {
      peer.answers(2 * i + 1);
    }
  }

  private static long millis(CallReport report, WaitCause cause) {
    return TimeUnit.NANOSECONDS.toMillis(report.nanos(cause));
  }

  private static void onThreadOfAnEventLoop(Runnable test) throws Exception {
    FutureTask<?> task = new FutureTask<>(test, null);
    Thread thread = new FastThreadLocalThread(task);
    thread.start();
    task.get();
    thread.join();
  }

  private final class Slow extends ClientCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      if (slowMessages) {
        loop.passTime(Duration.ofMillis(5));
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      startsNext.run();
      loop.passTime(Duration.ofMillis(1));
    }
  }
}
