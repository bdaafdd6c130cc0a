// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallCredentials;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Plays random histories of calls with a retry policy, with frozen time. However picks,
 * credentials, streams, timers, the application and the channel's end follow one another, a call
 * ends once, each tracer is closed once, and no timer and no byte is left. {@code -Dhistories=N}
 * plays more; {@code -Dhistory=SEED} plays the one that failed.
 */
class RetryHistoriesTest {
  private static final int HISTORIES = Integer.getInteger("histories", 20_000);
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final List<String> PUSHBACKS = List.of("0", "50", "-1", "xxx");
  private static final List<Code> CODES =
      List.of(Code.UNAVAILABLE, Code.UNAVAILABLE, Code.UNAVAILABLE, Code.NOT_FOUND, Code.OK);

  private int retried;

  @Test
  void everyHistoryEndsOnceAndLeavesNothing() {
    Long one = Long.getLong("history");
    for (long seed = one == null ? 0 : one; seed < (one == null ? HISTORIES : one + 1); seed++) {
      try {
        new History(seed).play();
      } catch (Throwable t) {
        throw new AssertionError("history " + seed, t);
      }
    }
    assertThat(retried)
        .as("histories with a retry")
        .isGreaterThan(one == null ? HISTORIES / 4 : -1);
  }

  private final class History {
    private final Random random;
    private final CallFixture fixture = new CallFixture();
    private final RecordingTracers tracers = new RecordingTracers();
    private final List<CallCredentials.MetadataApplier> asked = new ArrayList<>();
    private final Set<FakeStream> responding = new HashSet<>();
    private final long bytesBefore = Messages.bytesInUse();
    private final boolean streaming;
    private boolean halfClosed;

    History(long seed) {
      random = new Random(seed * 0x9E37_79B9L);
      streaming = random.nextBoolean();
      RetryPolicy policy = new RetryPolicy(
          2 + random.nextInt(4), 20_000_000, 100_000_000, 2, Set.of(Code.UNAVAILABLE));
      fixture.config = new MethodConfig(null, null, null, null, policy, null, true);
      fixture.throttle =
          random.nextInt(3) == 0 ? new RetryThrottle(new RetryThrottling(4000, 500)) : null;
      fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(40_000, 60_000));
      fixture.random = random.nextDouble();
      fixture.options = fixture.options.withStreamTracerFactory(tracers);
      if (random.nextInt(3) == 0) {
        fixture.options = fixture.options.withDeadline(
            fixture.clock.deadlineAfter(1 + random.nextInt(300), TimeUnit.MILLISECONDS));
      }
      if (random.nextInt(3) == 0) {
        fixture.options = fixture.options.withCallCredentials(new SlowCredentials());
      }
      if (random.nextInt(4) == 0) {
        fixture.withoutTransport();
      }
    }

    void play() throws ReflectiveOperationException {
      ClientCall<String, String> call =
          fixture.start(streaming ? TextMethods.BIDI : TextMethods.UNARY);
      call.request(random.nextInt(3));
      if (!streaming) {
        call.sendMessage("x".repeat(random.nextInt(50_000)));
        call.halfClose();
        halfClosed = true;
      }
      for (int i = 0; i < 40; i++) {
        step(call);
      }
      end(call);
      check();
    }

    private void step(ClientCall<String, String> call) {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> fixture.clock.advance(random.nextInt(60), TimeUnit.MILLISECONDS);
        case 4, 5, 6, 7, 8 -> failNewest();
        case 9 -> respond();
        case 10, 11 -> completePick();
        case 12, 13 -> answerCredentials();
        case 14, 15 -> write(call);
        case 16 -> call.request(1);
        case 17 ->
          fixture.source.transport = fixture.source.transport == null ? fixture.transport : null;
        case 18 -> {
          if (random.nextInt(8) == 0) {
            call.cancel("enough", null);
          }
        }
        default -> {
          if (random.nextInt(20) == 0) {
            fixture.unsent.end(Status.UNAVAILABLE.withDescription("shutdownNow"));
          }
        }
      }
    }

    private void failNewest() {
      List<FakeStream> open = fixture.transport.open();
      if (open.isEmpty()) {
        return;
      }
      FakeStream stream = open.get(open.size() - 1);
      Metadata trailers = new Metadata();
      if (random.nextInt(4) == 0) {
        trailers.put(PUSHBACK, PUSHBACKS.get(random.nextInt(PUSHBACKS.size())));
      }
      StreamProgress progress = responding.contains(stream) || random.nextInt(3) > 0
          ? StreamProgress.PROCESSED
          : random.nextBoolean() ? StreamProgress.NOT_SENT : StreamProgress.REFUSED;
      Code code = progress == StreamProgress.PROCESSED
          ? CODES.get(random.nextInt(CODES.size()))
          : Code.UNAVAILABLE;
      stream.close(Status.fromCode(code), progress, trailers);
    }

    private void respond() {
      List<FakeStream> open = fixture.transport.open();
      if (!open.isEmpty()) {
        FakeStream stream = open.get(open.size() - 1);
        if (responding.add(stream)) {
          stream.responseHeaders();
        } else {
          stream.message("hi");
        }
      }
    }

    private void completePick() {
      if (fixture.source.waiting.isEmpty()) {
        return;
      }
      switch (random.nextInt(4)) {
        case 0 -> fixture.source.waiting.remove(0).onFailed(Status.UNAVAILABLE);
        case 1 -> {
          if (random.nextInt(4) == 0) {
            fixture.source.waiting.remove(0).onDropped(Status.UNAVAILABLE);
          }
        }
        default -> fixture.source.complete(fixture.transport);
      }
    }

    private void answerCredentials() {
      if (!asked.isEmpty()) {
        CallCredentials.MetadataApplier applier = asked.remove(0);
        if (random.nextInt(3) == 0) {
          applier.fail(Status.UNAVAILABLE);
        } else {
          applier.apply(new Metadata());
        }
      }
    }

    private void write(ClientCall<String, String> call) {
      if (!halfClosed && fixture.listener.status == null) {
        try {
          call.sendMessage("x".repeat(random.nextInt(20_000)));
          if (random.nextInt(4) == 0) {
            call.halfClose();
            halfClosed = true;
          }
        } catch (IllegalStateException cancelled) {
          halfClosed = true;
        }
      }
    }

    /** Everything that the call waits for comes, and then its end. */
    private void end(ClientCall<String, String> call) {
      if (random.nextBoolean()) {
        fixture.source.transport = fixture.transport;
        for (int i = 0; i < 10; i++) {
          completePick();
          answerCredentials();
          failNewest();
          fixture.clock.advance(130, TimeUnit.MILLISECONDS);
        }
      }
      call.request(100);
      call.cancel("the end", null);
      fixture.clock.advance(10, TimeUnit.SECONDS);
      fixture.transport.open().forEach(stream -> stream.close(Status.CANCELLED));
    }

    private void check() throws ReflectiveOperationException {
      assertThat(fixture.listener.events.stream().filter(e -> e.startsWith("close")))
          .as("%s", fixture.listener.events)
          .hasSize(1);
      assertThat(fixture.callsEnded).isOne();
      assertThat(fixture.clock.pendingTimers()).as("timers").isZero();
      assertThat(fixture.waiting()).as("waits that the channel's end would end").isEmpty();
      assertThat(fixture.source.waiting).as("picks").isEmpty();
      assertThat(fixture.keptBytes.total()).as("buffered bytes").isZero();
      assertThat(Messages.bytesInUse() - bytesBefore).as("pooled bytes").isNotPositive();
      assertThat(count("closed")).as("%s", tracers.events).isEqualTo(count("new"));
      assertThat(fixture.listener.events.stream().filter("headers"::equals).count())
          .as("%s", fixture.listener.events)
          .isLessThanOrEqualTo(1);
      if (tracers.events.contains("new 1")) {
        retried++;
      }
    }

    private long count(String prefix) {
      return tracers.events.stream().filter(event -> event.startsWith(prefix)).count();
    }

    private final class SlowCredentials extends CallCredentials {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor on, MetadataApplier applier) {
        asked.add(applier);
      }
    }
  }
}
