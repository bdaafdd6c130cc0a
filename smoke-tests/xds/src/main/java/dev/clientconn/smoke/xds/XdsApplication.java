// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application. */
@SpringBootApplication(proxyBeanMethods = false)
public class XdsApplication {

  /** Starts the application. */
  public static void main(String[] args) {
    SpringApplication.run(XdsApplication.class, args);
  }
}
