// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.ferries;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.smoke.netdevh.proto.FerriesGrpc.FerriesBlockingStub;
import dev.clientconn.smoke.netdevh.proto.Name;
import org.springframework.stereotype.Service;

/** Sells tickets for the next ferry. */
@Service
public class TicketOffice {

  private FerriesBlockingStub ferries;

  @GrpcClient("ferries")
  void setFerries(FerriesBlockingStub ferries) {
    this.ferries = ferries;
  }

  public String nextTo(String place) {
    return this.ferries.nextDeparture(Name.newBuilder().setName(place).build()).getWord();
  }
}
