// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import dev.clientconn.testing.Throwing;
import org.jspecify.annotations.Nullable;

/** What one piece of foreign code does wrong, from the moment on that it is armed. */
final class Fault {

  enum Kind {
    EXCEPTION,
    ERROR,
    NULL,
    TWICE,
    NEVER
  }

  final Kind kind;
  final Throwable thrown;
  private volatile boolean armed;

  Fault(Kind kind) {
    this.kind = kind;
    this.thrown = kind == Kind.ERROR
        ? new NoClassDefFoundError("foreign")
        : new IllegalStateException("foreign");
  }

  void arm() {
    armed = true;
  }

  void disarm() {
    armed = false;
  }

  boolean is(Kind which) {
    return armed && kind == which;
  }

  /** Throws, if that is the fault. */
  void strike() {
    if (armed && (kind == Kind.EXCEPTION || kind == Kind.ERROR)) {
      throw Throwing.raise(thrown);
    }
  }

  /** Throws, or returns null in place of {@code good}. */
  @SuppressWarnings("NullAway") // as foreign code may
  <T> T orNull(@Nullable T good) {
    strike();
    return is(Kind.NULL) ? null : good;
  }

  @Override
  public String toString() {
    return kind.name();
  }
}
