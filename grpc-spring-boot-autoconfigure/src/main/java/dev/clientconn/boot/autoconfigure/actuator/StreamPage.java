// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.StreamList;
import dev.clientconn.transport.StreamSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

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

  /** Waits for a limited time only: the thread is one of a web server. */
  StreamList read(ClientConn channel) {
    try {
      return list(channel.streamSnapshots().get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return failed("The request was interrupted.");
    } catch (TimeoutException slow) {
      return failed("The event loops did not list their streams within %d ms."
          .formatted(MAX_WAIT.toMillis()));
    } catch (ExecutionException failed) {
      return failed("The streams could not be listed: " + failed.getCause());
    }
  }

  private StreamList list(List<StreamSnapshot> all) {
    List<Map<String, Object>> page =
        all.stream().skip(this.offset).limit(this.limit).map(SnapshotTree::of).toList();
    return new StreamList(all.size(), this.offset, this.limit, null, page);
  }

  private StreamList failed(String problem) {
    return new StreamList(null, this.offset, this.limit, problem, List.of());
  }
}
