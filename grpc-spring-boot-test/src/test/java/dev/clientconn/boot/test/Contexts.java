// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Objects;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.test.context.TestContextManager;

/** Loads the contexts of test classes, as the runner of the tests does. */
final class Contexts {

  private Contexts() {}

  static ApplicationContext load(Class<?> testClass) {
    return new TestContextManager(testClass).getTestContext().getApplicationContext();
  }

  /** Returns the reason why a context does not start. */
  static Throwable failure(Class<?> testClass) {
    Throwable thrown = catchThrowable(() -> load(testClass));
    return NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(thrown));
  }
}
