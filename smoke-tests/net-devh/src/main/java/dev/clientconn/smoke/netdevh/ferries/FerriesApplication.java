// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.netdevh.ferries;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Asks for ferries as a known user, with a certificate of its own. */
@SpringBootApplication
public class FerriesApplication {

  public static void main(String[] args) {
    SpringApplication.run(FerriesApplication.class, args);
  }
}
