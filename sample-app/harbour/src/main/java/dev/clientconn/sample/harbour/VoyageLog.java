// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import dev.clientconn.sample.v1.Leg;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Sums up a voyage while its ports are received. */
final class VoyageLog {

  private final Voyage.Builder voyage = Voyage.newBuilder();
  private @Nullable Port last;

  void callAt(Port port) {
    Port from = last;
    if (from != null) {
      add(Leg.newBuilder()
          .setFrom(from)
          .setTo(port)
          .setNauticalMiles(GreatCircle.nauticalMiles(from.getPosition(), port.getPosition()))
          .build());
    }
    last = port;
    voyage.setPorts(voyage.getPorts() + 1);
  }

  Voyage summary() {
    if (voyage.getPorts() < 2) {
      throw Status.INVALID_ARGUMENT
          .withDescription("A voyage calls at two ports or more, not " + voyage.getPorts())
          .asRuntimeException();
    }
    return voyage.build();
  }

  private void add(Leg leg) {
    voyage.setNauticalMiles(voyage.getNauticalMiles() + leg.getNauticalMiles());
    if (!voyage.hasLongestLeg()
        || leg.getNauticalMiles() > voyage.getLongestLeg().getNauticalMiles()) {
      voyage.setLongestLeg(leg);
    }
  }
}
