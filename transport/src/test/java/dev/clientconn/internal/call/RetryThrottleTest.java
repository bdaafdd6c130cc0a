// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.serviceconfig.RetryThrottling;
import org.junit.jupiter.api.Test;

class RetryThrottleTest {

  @Test
  void throttlesAtHalfOfTheTokens() {
    RetryThrottle throttle = new RetryThrottle(new RetryThrottling(4000, 500));

    assertThat(throttle.onFailure()).as("3 of 4 left").isFalse();
    assertThat(throttle.isThrottled()).isFalse();
    assertThat(throttle.onFailure()).as("2 of 4 left").isTrue();
    assertThat(throttle.isThrottled()).isTrue();
  }

  @Test
  void successesEndTheThrottling() {
    RetryThrottle throttle = new RetryThrottle(new RetryThrottling(4000, 500));
    throttle.onFailure();
    throttle.onFailure();

    throttle.onSuccess();

    assertThat(throttle.isThrottled()).as("2.5 of 4 left").isFalse();
  }

  @Test
  void countStaysBetweenZeroAndTheMaximum() {
    RetryThrottle throttle = new RetryThrottle(new RetryThrottling(3000, 600));
    for (int i = 0; i < 10; i++) {
      throttle.onFailure();
    }
    throttle.onSuccess();
    throttle.onSuccess();
    assertThat(throttle.isThrottled()).as("1.2 of 3 left").isTrue();
    throttle.onSuccess();
    assertThat(throttle.isThrottled()).as("1.8 of 3 left").isFalse();

    for (int i = 0; i < 10; i++) {
      throttle.onSuccess();
    }
    assertThat(throttle.onFailure()).as("2 of 3 left").isFalse();
    assertThat(throttle.onFailure()).as("1 of 3 left").isTrue();
  }

  @Test
  void oneTokenAllowsNoFailure() {
    RetryThrottle throttle = new RetryThrottle(new RetryThrottling(1000, 1));

    assertThat(throttle.isThrottled()).isFalse();
    assertThat(throttle.onFailure()).isTrue();
  }
}
