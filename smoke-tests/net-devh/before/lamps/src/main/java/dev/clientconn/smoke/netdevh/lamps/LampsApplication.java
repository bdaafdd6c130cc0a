// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.lamps;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Asks the server on this machine whether a lamp is lit. */
@SpringBootApplication
public class LampsApplication {

  public static void main(String[] args) {
    SpringApplication.run(LampsApplication.class, args);
  }
}
