// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.pilots;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Requests pilots for ships that come and go. */
@SpringBootApplication
public class PilotsApplication {

  public static void main(String[] args) {
    SpringApplication.run(PilotsApplication.class, args);
  }
}
