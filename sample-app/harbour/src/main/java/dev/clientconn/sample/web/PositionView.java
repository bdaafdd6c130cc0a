// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.sample.v1.Position;

/** A position as JSON, in degrees. */
record PositionView(double latitude, double longitude) {

  static PositionView of(Position position) {
    return new PositionView(position.getLatitude(), position.getLongitude());
  }

  Position toMessage() {
    return Position.newBuilder().setLatitude(latitude).setLongitude(longitude).build();
  }
}
