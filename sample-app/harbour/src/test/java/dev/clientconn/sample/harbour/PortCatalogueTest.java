// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.sample.v1.Area;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.Position;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortCatalogueTest {

  private final PortCatalogue catalogue = new PortCatalogue();

  @Test
  void everyPortIsInTheCountryOfItsCodeAndOnTheEarth() {
    Set<String> countries = Set.of(Locale.getISOCountries());

    assertThat(catalogue.all()).hasSizeGreaterThan(100).allSatisfy(port -> {
      assertThat(port.getLocode()).matches("[A-Z]{2}[A-Z2-9]{3}").startsWith(port.getCountry());
      assertThat(countries).contains(port.getCountry());
      assertThat(port.getName()).isNotBlank();
      assertThat(port.getSea()).isNotBlank();
      assertThat(port.getPosition().getLatitude()).isBetween(-60.0, 75.0);
      assertThat(port.getPosition().getLongitude()).isBetween(-180.0, 180.0);
    });
  }

  @Test
  void areaKeepsItsEdgesAndNothingBeyond() {
    Position singapore = catalogue.find("SGSIN").orElseThrow().getPosition();
    Area exact =
        Area.newBuilder().setSouthWest(singapore).setNorthEast(singapore).build();
    Area south = Area.newBuilder()
        .setSouthWest(at(0, 103))
        .setNorthEast(at(singapore.getLatitude() - 0.01, 104))
        .build();

    assertThat(catalogue.within(exact)).extracting(Port::getName).containsExactly("Singapore");
    assertThat(catalogue.within(south)).isEmpty();
  }

  @Test
  void nearestPortMayLieBeyondTheDateLine() {
    assertThat(catalogue.nearest(at(-30, -178)).getName()).isEqualTo("Auckland");
  }

  private static Position at(double latitude, double longitude) {
    return Position.newBuilder().setLatitude(latitude).setLongitude(longitude).build();
  }
}
