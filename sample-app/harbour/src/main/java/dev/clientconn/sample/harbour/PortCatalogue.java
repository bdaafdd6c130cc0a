// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import dev.clientconn.sample.v1.Area;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.Position;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** Holds the ports of {@code ports.csv} in the order of their codes. Immutable. */
@Component
final class PortCatalogue {

  private final TreeMap<String, Port> ports = new TreeMap<>();

  PortCatalogue() {
    ClassPathResource csv = new ClassPathResource("ports.csv");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(csv.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().skip(1).map(PortCatalogue::parse).forEach(p -> ports.put(p.getLocode(), p));
    } catch (IOException e) {
      throw new UncheckedIOException("ports.csv cannot be read", e);
    }
  }

  Collection<Port> all() {
    return ports.values();
  }

  Optional<Port> find(String locode) {
    return Optional.ofNullable(ports.get(locode));
  }

  List<Port> inCountry(String country) {
    return all().stream().filter(port -> port.getCountry().equals(country)).toList();
  }

  List<Port> within(Area area) {
    return all().stream().filter(port -> contains(area, port.getPosition())).toList();
  }

  Port nearest(Position position) {
    Stream<Port> candidates = all().stream();
    return candidates
        .min(Comparator.comparingDouble(
            port -> GreatCircle.nauticalMiles(position, port.getPosition())))
        .orElseThrow();
  }

  private static boolean contains(Area area, Position position) {
    Position southWest = area.getSouthWest();
    Position northEast = area.getNorthEast();
    return position.getLatitude() >= southWest.getLatitude()
        && position.getLatitude() <= northEast.getLatitude()
        && position.getLongitude() >= southWest.getLongitude()
        && position.getLongitude() <= northEast.getLongitude();
  }

  private static Port parse(String line) {
    String[] fields = line.split(",", -1);
    return Port.newBuilder()
        .setLocode(fields[0])
        .setName(fields[1])
        .setCountry(fields[2])
        .setSea(fields[3])
        .setPosition(Position.newBuilder()
            .setLatitude(Double.parseDouble(fields[4]))
            .setLongitude(Double.parseDouble(fields[5])))
        .build();
  }
}
