// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener.RepeatReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures a retry policy repeats, and when (gRFC A6): the table of that document. */
class RetryPolicyTest {
  private static final Status DOWN = Status.UNAVAILABLE.withDescription("down");
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final CallFixture fixture = new CallFixture();

  RetryPolicyTest() {
    usePolicy(4, 100, 1000, 2);
  }

  private void usePolicy(int attempts, long initialMillis, long maxMillis, double multiplier) {
    RetryPolicy policy = new RetryPolicy(
        attempts,
        TimeUnit.MILLISECONDS.toNanos(initialMillis),
        TimeUnit.MILLISECONDS.toNanos(maxMillis),
        multiplier,
        Set.of(Code.UNAVAILABLE));
    fixture.config = new MethodConfig(null, null, null, null, policy, null, true);
  }

  private static Metadata pushback(String... values) {
    Metadata trailers = new Metadata();
    for (String value : values) {
      trailers.put(PUSHBACK, value);
    }
    return trailers;
  }

  private void fails(Status status, Metadata trailers) {
    fixture.stream().close(status, StreamProgress.PROCESSED, trailers);
  }

  private void advance(long millis) {
    fixture.clock.advance(millis, TimeUnit.MILLISECONDS);
  }

  private int attempts() {
    return fixture.transport.streams.size();
  }

  /** Moves the time until there is another attempt, and returns how long that took. */
  private long backoffMillis() {
    int before = attempts();
    long millis = 0;
    while (attempts() == before) {
      advance(1);
      millis++;
      assertThat(millis).as("waiting for an attempt").isLessThan(100_000);
    }
    return millis;
  }

  // ---- Status codes and attempts

  @Conforms({"C073", "C074", "C077"})
  @Test
  void aRetryableStatusIsFollowedByAnotherAttemptAfterTheBackoff() {
    fixture.unary("hello");

    fails(DOWN, new Metadata());
    advance(99);
    assertThat(attempts()).isOne();
    assertThat(fixture.listener.events).isEmpty();
    advance(1);

    assertThat(attempts()).isEqualTo(2);
    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
    assertThat(fixture.stream().headers.previousAttempts()).isOne();
    assertThat(fixture.repeated).containsExactly(RepeatReason.RETRY);
    fixture.stream().respond("world");
    assertThat(fixture.listener.events).containsExactly("headers", "message(world)", "close(OK)");
    assertThat(fixture.callsEnded).isOne();
    assertThat(fixture.clock.pendingTimers()).isZero();
  }

  @Conforms("C073")
  @Test
  void anotherStatusEndsTheCallAsItIs() {
    fixture.unary("hello");

    fails(Status.INTERNAL.withDescription("broken"), new Metadata());

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(fixture.listener.description()).isEqualTo("broken");
    assertThat(fixture.clock.pendingTimers()).isZero();
  }

  @Conforms("C079")
  @Test
  void theLastFailureSaysHowEachAttemptEnded() {
    fixture.unary("hello");
    for (int i = 1; i <= 4; i++) {
      advance(10L * i);
      fails(DOWN, new Metadata());
      if (i < 4) {
        backoffMillis();
      }
    }

    assertThat(attempts()).isEqualTo(4);
    assertThat(fixture.listener.end().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(fixture.listener.description())
        .isEqualTo("down [4 of 4 attempts: UNAVAILABLE after 10 ms, UNAVAILABLE after 20 ms,"
            + " UNAVAILABLE after 30 ms, UNAVAILABLE after 40 ms]");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void theTextOfAServerThatFailsForEverIsBounded() {
    usePolicy(1000, 1, 1, 1);
    fixture.retries = new RetryOptions(true, 100, 5, RetryBufferLimit.Limits.DEFAULT);
    fixture.unary("hello");
    while (fixture.listener.status == null) {
      fails(DOWN, new Metadata());
      advance(2);
    }

    assertThat(attempts()).isEqualTo(100);
    assertThat(fixture.listener.description())
        .startsWith("down [100 of 100 attempts: UNAVAILABLE after")
        .contains(", 91 more, UNAVAILABLE after")
        .hasSizeLessThan(400);
  }

  @Test
  void aRetriedCallSaysWhyItWasNotRetriedAgain() {
    fixture.unary("hello");
    fails(Status.UNAVAILABLE, new Metadata());
    backoffMillis();

    fails(Status.NOT_FOUND, new Metadata());

    assertThat(fixture.listener.description())
        .isEqualTo("[2 of 4 attempts: UNAVAILABLE after 0 ms, NOT_FOUND after 0 ms;"
            + " this status is not retryable]");
  }

  @Conforms("C080")
  @ParameterizedTest
  @CsvSource({"9, 4, 4", "9, 7, 7", "3, 10, 3", "8, 5, 5", "3, 0, 1", "3, 1, 1"})
  void theChannelLimitsTheAttemptsOfAPolicy(int policy, int limit, int made) {
    usePolicy(policy, 100, 100, 1);
    fixture.retries = new RetryOptions(true, limit, 5, RetryBufferLimit.Limits.DEFAULT);
    fixture.unary("hello");
    while (fixture.listener.status == null) {
      fails(DOWN, new Metadata());
      advance(200);
    }

    assertThat(attempts()).isEqualTo(made);
  }

  @Conforms("C080")
  @Test
  void aChannelWithoutRetriesRetriesOnlyTransparently() {
    fixture.retries = new RetryOptions(false, 5, 5, RetryBufferLimit.Limits.DEFAULT);
    fixture.unary("hello");

    fixture.stream().close(DOWN, StreamProgress.REFUSED);
    assertThat(attempts()).isEqualTo(2);
    fails(DOWN, new Metadata());

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  // ---- Backoff

  @Conforms("C074")
  @Test
  void backoffsGrowUpToTheMaximum() {
    usePolicy(7, 100, 1000, 2);
    fixture.retries = new RetryOptions(true, 7, 5, RetryBufferLimit.Limits.DEFAULT);
    fixture.unary("hello");

    for (long expected : new long[] {100, 200, 400, 800, 1000, 1000}) {
      fails(DOWN, new Metadata());
      assertThat(backoffMillis()).isEqualTo(expected);
    }
  }

  @Test
  void aMaximumBelowTheInitialBackoffHoldsForTheFirstRetryToo() {
    usePolicy(3, 100, 30, 2);
    fixture.unary("hello");

    fails(DOWN, new Metadata());

    assertThat(backoffMillis()).isEqualTo(30);
  }

  @Conforms("C074")
  @ParameterizedTest
  @CsvSource({"0.0, 80", "0.5, 100", "0.99999, 120"})
  void jitterIsAFifthOfTheBackoff(double random, long millis) {
    fixture.random = random;
    fixture.unary("hello");

    fails(DOWN, new Metadata());

    assertThat(backoffMillis()).isEqualTo(millis);
  }

  // ---- Pushback

  @Conforms("C075")
  @Test
  void pushbackSetsTheDelayAndResetsTheBackoff() {
    fixture.unary("hello");
    fails(DOWN, new Metadata());
    assertThat(backoffMillis()).isEqualTo(100);

    fails(DOWN, pushback("7000"));
    assertThat(backoffMillis()).isEqualTo(7000);
    fails(DOWN, new Metadata());

    assertThat(backoffMillis()).isEqualTo(100);
  }

  @Test
  void pushbackOfZeroRetriesAtOnce() {
    fixture.unary("hello");

    fails(DOWN, pushback("0"));
    advance(0);

    assertThat(attempts()).isEqualTo(2);
  }

  @Conforms("C075")
  @ParameterizedTest
  @ValueSource(strings = {"-1", "-2147483648", "xxx", "", "1.5", "2147483648", "99999999999999999"})
  void pushbackThatIsNegativeOrNoNumberForbidsTheRetry(String value) {
    fixture.throttle = new RetryThrottle(new RetryThrottling(10_000, 100));
    fixture.unary("hello");

    fails(DOWN, pushback(value));

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description()).isEqualTo("down");
    assertThat(fixture.throttle.toString()).contains("9.0 of 10.0");
  }

  @Conforms("C075")
  @Test
  void severalPushbackValuesForbidTheRetry() {
    fixture.unary("hello");

    fails(DOWN, pushback("10", "20"));

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Test
  void pushbackDoesNotMakeAnotherStatusRetryable() {
    fixture.unary("hello");

    fails(Status.NOT_FOUND, pushback("10"));

    assertThat(fixture.listener.events).containsExactly("close(NOT_FOUND)");
  }

  @Test
  void pushbackDoesNotAddAttempts() {
    usePolicy(2, 100, 100, 1);
    fixture.unary("hello");
    fails(DOWN, pushback("10"));
    backoffMillis();

    fails(DOWN, pushback("10"));

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  // ---- Commit

  @Conforms({"C071", "C073"})
  @Test
  void responseHeadersRuleOutARetry() {
    fixture.unary("hello");
    fails(DOWN, new Metadata());
    backoffMillis();
    fixture.stream().responseHeaders();

    fails(DOWN, new Metadata());

    assertThat(attempts()).isEqualTo(2);
    assertThat(fixture.listener.events).containsExactly("headers", "close(UNAVAILABLE)");
    assertThat(fixture.listener.description()).endsWith("; the server had begun to respond]");
  }

  @Conforms("C070")
  @Test
  void aRequestOverTheBufferLimitIsNotRetried() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(2000, 5000));
    fixture.unary("x".repeat(2000));

    fails(DOWN, new Metadata());

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description()).isEqualTo("down");
    assertThat(fixture.keptBytes.total()).isZero();
  }

  @Conforms("C070")
  @Test
  void aStreamThatExceedsTheBufferLimitInItsBackoffGoesOnWithOneMoreAttempt() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(2000, 5000));
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    fails(DOWN, new Metadata());

    call.sendMessage("x".repeat(2000));
    backoffMillis();
    call.sendMessage("b");
    assertThat(fixture.stream().commands)
        .containsExactly("start(a)", "write(2000 bytes)", "write(b)");
    fails(DOWN, new Metadata());

    assertThat(attempts()).isEqualTo(2);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.listener.description())
        .endsWith("; the request was over the limit of what is retained for retries]");
    assertThat(fixture.keptBytes.total()).isZero();
  }

  @Conforms("C070")
  @Test
  void aRetriedStreamThatExceedsTheBufferLimitIsNotRetriedAgain() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(2000, 5000));
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    fails(DOWN, new Metadata());
    backoffMillis();
    assertThat(fixture.keptBytes.total()).isEqualTo(6);

    call.sendMessage("x".repeat(2000));
    assertThat(fixture.keptBytes.total()).as("committed").isZero();
    fails(DOWN, new Metadata());

    assertThat(attempts()).isEqualTo(2);
    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
  }

  @Conforms("C070")
  @Test
  void aCallOverTheLimitOfTheChannelGoesOnAndIsNotRetried() {
    fixture.keptBytes = new RetryBufferLimit(new RetryBufferLimit.Limits(5000, 3000));
    var first = fixture.start(TextMethods.BIDI);
    first.sendMessage("x".repeat(2000));
    var second = fixture.start(TextMethods.BIDI);
    second.sendMessage("x".repeat(2000));

    fails(DOWN, new Metadata());

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    fixture.transport.streams.get(0).close(DOWN);
    assertThat(backoffMillis()).isEqualTo(100);
  }

  @Conforms("C078")
  @Test
  void aRetriedStreamRepeatsWhatWasWrittenAndGoesOn() {
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");
    fails(DOWN, new Metadata());
    call.sendMessage("c");
    assertThat(call.isReady()).isFalse();

    backoffMillis();
    call.sendMessage("d");
    call.halfClose();

    assertThat(fixture.stream().commands)
        .containsExactly("start(a)", "write(b)", "write(c)", "write(d)", "halfClose");
  }
}
