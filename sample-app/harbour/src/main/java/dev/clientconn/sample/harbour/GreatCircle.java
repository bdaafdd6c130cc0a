// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import dev.clientconn.sample.v1.Position;

/** Computes distances on a spherical earth, with an error of at most half a percent. */
final class GreatCircle {

  /** Mean radius of the earth, 6,371.0 km, in nautical miles of 1,852 m. */
  private static final double EARTH_RADIUS = 3440.07;

  private GreatCircle() {}

  static double nauticalMiles(Position from, Position to) {
    double fromLatitude = Math.toRadians(from.getLatitude());
    double toLatitude = Math.toRadians(to.getLatitude());
    double north = Math.sin((toLatitude - fromLatitude) / 2);
    double east = Math.sin(Math.toRadians(to.getLongitude() - from.getLongitude()) / 2);
    double haversine = north * north + Math.cos(fromLatitude) * Math.cos(toLatitude) * east * east;
    return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(haversine)));
  }
}
