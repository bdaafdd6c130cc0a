// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How calls with and without a retry policy use the tokens of a channel's throttle (gRFC A6). */
class RetryThrottlingTest {
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final RetryPolicy POLICY =
      new RetryPolicy(3, 1_000_000, 1_000_000, 1, Set.of(Code.UNAVAILABLE));

  private final CallFixture fixture = new CallFixture();
  private final RetryThrottle throttle = new RetryThrottle(new RetryThrottling(10_000, 500));

  RetryThrottlingTest() {
    fixture.throttle = throttle;
    fixture.config = new MethodConfig(null, null, null, null, POLICY, null, true);
  }

  private void fail(Status status) {
    fixture.stream().close(status);
    fixture.clock.advance(10, TimeUnit.MILLISECONDS);
  }

  private void loseTokens(int count) {
    for (int i = 0; i < count; i++) {
      throttle.onFailure();
    }
  }

  @Conforms({"C073", "C076"})
  @Test
  void theLastFailureOfACallTakesATokenLikeTheOthers() {
    fixture.unary("hello");

    fail(Status.UNAVAILABLE);
    fail(Status.UNAVAILABLE);
    fail(Status.UNAVAILABLE);

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(throttle).hasToString("7.0 of 10.0 tokens");
  }

  @Conforms("C076")
  @Test
  void halfOfTheTokensAllowNoRetry() {
    loseTokens(4);
    fixture.unary("hello");

    fail(Status.UNAVAILABLE.withDescription("down"));

    assertThat(fixture.transport.streams).hasSize(1);
    assertThat(fixture.listener.description()).isEqualTo("down");
    assertThat(throttle).hasToString("5.0 of 10.0 tokens");
  }

  @Test
  void aCallThatIsThrottledLaterSaysSo() {
    loseTokens(3);
    fixture.unary("hello");
    fail(Status.UNAVAILABLE);

    fail(Status.UNAVAILABLE);

    assertThat(fixture.listener.description()).endsWith("; retries are throttled]");
  }

  @Conforms("C076")
  @Test
  void aSuccessReturnsTheRatio() {
    loseTokens(2);
    fixture.unary("hello");
    fixture.stream().respond("world");

    assertThat(throttle).hasToString("8.5 of 10.0 tokens");
  }

  @Test
  void aSuccessWithoutHeadersCountsToo() {
    loseTokens(2);
    fixture.unary("hello");
    fixture.stream().close(Status.OK);

    assertThat(throttle).hasToString("8.5 of 10.0 tokens");
  }

  @Test
  void aCallWithoutAPolicyReturnsTokensAndTakesNone() {
    loseTokens(2);
    fixture.config = new MethodConfig(null, null, null, null, null, null, true);

    fixture.unary("hello");
    fail(Status.UNAVAILABLE);
    fixture.unary("hello");
    fixture.stream().respond("world");

    assertThat(fixture.transport.streams).hasSize(2);
    assertThat(throttle).hasToString("8.5 of 10.0 tokens");
  }

  @Conforms("C076")
  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE,      , 9.0",
    "UNAVAILABLE,    10, 9.0",
    "UNAVAILABLE,    -1, 9.0",
    "NOT_FOUND,        , 10.0",
    "NOT_FOUND,      10, 10.0",
    "NOT_FOUND,      -1, 9.0",
  })
  void aRetryableStatusOrARefusedRetryTakesAToken(Code code, String pushback, String left) {
    Metadata trailers = new Metadata();
    if (pushback != null) {
      trailers.put(PUSHBACK, pushback);
    }
    fixture.unary("hello");

    fixture.stream().close(Status.fromCode(code), StreamProgress.PROCESSED, trailers);

    assertThat(throttle).hasToString(left + " of 10.0 tokens");
  }

  @Test
  void transparentRetriesTakeNoToken() {
    fixture.unary("hello");

    fixture.stream().close(Status.UNAVAILABLE, StreamProgress.NOT_SENT);
    fixture.stream().close(Status.UNAVAILABLE, StreamProgress.REFUSED);

    assertThat(throttle).hasToString("10.0 of 10.0 tokens");
  }

  @Test
  void aCancelledCallTakesNoToken() {
    var call = fixture.unary("hello");
    fixture.stream().confirmsCancel = false;
    call.cancel("enough", null);

    fixture.stream().close(Status.UNAVAILABLE);

    assertThat(fixture.listener.events).containsExactly("close(CANCELLED)");
    assertThat(throttle).hasToString("10.0 of 10.0 tokens");
  }
}
