// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import org.jspecify.annotations.Nullable;

/** Searches the chain of causes of an exception, and reads messages that may be absent. */
final class Causes {

  private Causes() {}

  /** Returns the first exception of the type in the chain, the exception itself included. */
  static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
      if (t.getCause() == t) {
        break;
      }
    }
    return null;
  }

  /** Returns the exception that the chain began with. */
  static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  /** Returns the message, or the name of the class if there is none. */
  static String message(Throwable thrown) {
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }
}
