// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.pilots;

import dev.clientconn.smoke.netdevh.proto.Name;
import dev.clientconn.smoke.netdevh.proto.PilotsGrpc.PilotsBlockingStub;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;

/** Requests pilots. */
@Service
public class PilotStation {

  @Autowired
  @Qualifier("arrivals")
  private PilotsBlockingStub arrivals;

  @Autowired
  @Qualifier("departures")
  private PilotsBlockingStub departures;

  public String arriving(String ship) {
    return this.arrivals.request(Name.newBuilder().setName(ship).build()).getWord();
  }

  public String departing(String ship) {
    return this.departures.request(Name.newBuilder().setName(ship).build()).getWord();
  }
}
