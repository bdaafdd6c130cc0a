// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Starts two servers of their own for each test, and stops them after it. */
abstract class MeshTest {
  Backend red;
  Backend blue;

  @BeforeEach
  void startServers() throws IOException {
    red = Backend.start("red");
    blue = Backend.start("blue");
  }

  @AfterEach
  void stopServers() {
    red.close();
    blue.close();
  }

  /** Serves these resources, and makes a client of the service {@code orders}. */
  static OrdersClient client(Mesh mesh) {
    ControlPlane.SHARED.serve(mesh);
    return new OrdersClient("orders");
  }
}
