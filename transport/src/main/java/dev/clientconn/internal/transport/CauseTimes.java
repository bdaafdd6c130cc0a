// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.WaitCause;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Adds up nanoseconds by cause in arrays that are as short as they may be. Most calls only send,
 * wait for the server and take the response: the last causes. So the array is in the reverse order
 * of {@link WaitCause}, and has entries for the others once they took time.
 */
@SuppressWarnings("EnumOrdinal") // indexes figures of causes, which are never stored
public final class CauseTimes {
  private static final int LAST = WaitCause.SERVER.ordinal();
  /** Entries of a new array: {@code SERVER}, {@code APPLICATION} and {@code TURN}. */
  private static final int USUAL = 3;

  private CauseTimes() {}

  /** Makes an array for a call that has not waited. */
  public static long[] create() {
    return new long[USUAL];
  }

  /** Returns the array with this time added, or a longer one in its place. */
  public static long[] add(long[] times, WaitCause cause, long nanos) {
    int at = LAST - cause.ordinal();
    if (nanos == 0) {
      return times;
    }
    long[] enough = at < times.length ? times : Arrays.copyOf(times, LAST + 1);
    enough[at] += nanos;
    return enough;
  }

  /**
   * Returns the time of one cause.
   *
   * @param times {@code null} for none
   */
  public static long get(long @Nullable [] times, WaitCause cause) {
    int at = LAST - cause.ordinal();
    return times == null || at >= times.length ? 0 : times[at];
  }

  /**
   * Returns the time of all causes.
   *
   * @param times {@code null} for none
   */
  public static long sum(long @Nullable [] times) {
    long sum = 0;
    for (int i = 0; times != null && i < times.length; i++) {
      sum += times[i];
    }
    return sum;
  }
}
