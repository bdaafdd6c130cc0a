// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;

/** The application as its users run it: one property, and the bootstrap configuration of gRPC. */
@SpringBootTest
@DirtiesContext
class XdsApplicationTest {
  private static Backend backend;

  @Autowired
  private OrderBook orders;

  @Autowired
  private ClientConn channel;

  @BeforeAll
  static void serve() throws IOException {
    backend = Backend.start("red");
    ControlPlane.SHARED.serve(Mesh.of("orders", backend));
  }

  @AfterAll
  static void stop() {
    backend.close();
  }

  @Test
  void stubCallsTheServersThatTheControlPlaneKnows() {
    assertThat(this.orders.find("17")).isEqualTo("red");
    assertThat(this.channel.snapshot().target()).isEqualTo("xds:///orders");
  }

  @Test
  void controlPlaneIsCalledByClientConn() {
    this.orders.find("17");

    assertThat(ControlPlane.SHARED.userAgents)
        .isNotEmpty()
        .allMatch(agent -> agent.contains("clientconn"));
  }
}
