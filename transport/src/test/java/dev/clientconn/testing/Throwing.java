// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

/** Throws what no signature announces, as foreign code may. */
public final class Throwing {
  private Throwing() {}

  /** Throws {@code failure} as it is; returns nothing, but lets a caller write {@code throw}. */
  public static RuntimeException raise(Throwable failure) {
    throw Throwing.<RuntimeException>asUnchecked(failure);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T asUnchecked(Throwable failure) throws T {
    throw (T) failure;
  }
}
