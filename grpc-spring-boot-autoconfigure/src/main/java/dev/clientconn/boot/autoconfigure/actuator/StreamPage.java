// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.StreamList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a part of the open streams of a channel.
 *
 * @param offset how many are left out at the beginning
 * @param limit how many are listed at most
 */
record StreamPage(int offset, int limit) {

  static final int DEFAULT_LIMIT = 100;

  static final int MAX_LIMIT = 10_000;

  /**
   * Checks the parameters of a request.
   *
   * @throws ClientProblemException for a number out of its range
   */
  static StreamPage of(@Nullable Integer offset, @Nullable Integer limit) {
    return new StreamPage(
        inRange("offset", offset == null ? 0 : offset, 0, Integer.MAX_VALUE),
        inRange("limit", limit == null ? DEFAULT_LIMIT : limit, 1, MAX_LIMIT));
  }

  private static int inRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw ClientProblemException.invalid(
          "'%s' is %d; it must be at least %d and at most %d.".formatted(name, value, min, max));
    }
    return value;
  }

  StreamList read(ClientConn channel) {
    return new StreamList(
        null, this.offset, this.limit, "This version does not list streams.", List.of());
  }
}
