// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.sample.v1.Port;

/** A port as JSON. */
record PortView(
    String locode, String name, String country, String sea, double latitude, double longitude) {

  static PortView of(Port port) {
    return new PortView(
        port.getLocode(),
        port.getName(),
        port.getCountry(),
        port.getSea(),
        port.getPosition().getLatitude(),
        port.getPosition().getLongitude());
  }
}
