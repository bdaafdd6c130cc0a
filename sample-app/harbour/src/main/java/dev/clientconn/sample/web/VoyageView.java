// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.sample.v1.Voyage;

/** A voyage as JSON; distances in whole nautical miles along great circles. */
record VoyageView(int ports, long nauticalMiles, LegView longestLeg) {

  record LegView(String from, String to, long nauticalMiles) {}

  static VoyageView of(Voyage voyage) {
    LegView longest = new LegView(
        voyage.getLongestLeg().getFrom().getName(),
        voyage.getLongestLeg().getTo().getName(),
        Math.round(voyage.getLongestLeg().getNauticalMiles()));
    return new VoyageView(voyage.getPorts(), Math.round(voyage.getNauticalMiles()), longest);
  }
}
