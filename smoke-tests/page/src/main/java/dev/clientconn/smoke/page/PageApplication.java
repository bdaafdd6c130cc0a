// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.page;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs a web application whose pages all require a login. */
@SpringBootApplication
public class PageApplication {

  public static void main(String[] args) {
    SpringApplication.run(PageApplication.class, args);
  }
}
