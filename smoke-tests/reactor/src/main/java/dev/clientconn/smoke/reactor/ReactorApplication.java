// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.reactor;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application. */
@SpringBootApplication(proxyBeanMethods = false)
public class ReactorApplication {

  /** Starts the application. */
  public static void main(String[] args) {
    SpringApplication.run(ReactorApplication.class, args);
  }
}
