// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.clientconn.sample.v1.Position;
import org.junit.jupiter.api.Test;

class GreatCircleTest {

  @Test
  void minuteOfLatitudeIsANauticalMile() {
    assertThat(miles(at(50, 4), at(50 + 1 / 60.0, 4))).isCloseTo(1.0, within(0.005));
  }

  @Test
  void degreeOfLongitudeShrinksWithTheCosineOfTheLatitude() {
    double equator = miles(at(0, 0), at(0, 1));

    assertThat(miles(at(60, 0), at(60, 1))).isCloseTo(equator / 2, within(0.01));
  }

  @Test
  void shortWayCrossesTheDateLine() {
    assertThat(miles(at(0, 179), at(0, -179))).isCloseTo(miles(at(0, 0), at(0, 2)), within(1e-6));
  }

  @Test
  void antipodesAreHalfTheEarthApart() {
    assertThat(miles(at(0, 0), at(0, 180))).isCloseTo(10_807, within(1.0));
  }

  private static double miles(Position from, Position to) {
    return GreatCircle.nauticalMiles(from, to);
  }

  private static Position at(double latitude, double longitude) {
    return Position.newBuilder().setLatitude(latitude).setLongitude(longitude).build();
  }
}
