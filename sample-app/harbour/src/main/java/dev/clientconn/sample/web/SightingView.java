// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.sample.v1.Sighting;

/** A ship's position and the port nearest to it, as JSON. */
record SightingView(PositionView position, String locode, String nearest, long nauticalMiles) {

  static SightingView of(Sighting sighting) {
    return new SightingView(
        PositionView.of(sighting.getPosition()),
        sighting.getNearest().getLocode(),
        sighting.getNearest().getName(),
        Math.round(sighting.getNauticalMiles()));
  }
}
