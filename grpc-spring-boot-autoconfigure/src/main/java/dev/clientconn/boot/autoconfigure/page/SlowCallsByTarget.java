// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.boot.autoconfigure.page.SlowCalls.Ended;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Holds the slowest calls of each target. */
final class SlowCallsByTarget {

  private final Map<String, SlowCalls> calls = new ConcurrentHashMap<>();

  /** Returns the list of a target; the listener of all channels with the target's name. */
  SlowCalls of(String target) {
    return this.calls.computeIfAbsent(target, name -> new SlowCalls(System::nanoTime));
  }

  /** Returns the slowest calls of the last minutes; none for a channel without customizers. */
  List<Ended> slowest(String target) {
    SlowCalls found = this.calls.get(target);
    return found == null ? List.of() : found.slowest();
  }
}
