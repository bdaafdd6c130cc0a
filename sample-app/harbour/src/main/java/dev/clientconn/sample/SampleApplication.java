// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Runs both sides in one process: a gRPC server on port 9090, and a web application on port 8080
 * that calls it.
 */
@SpringBootApplication
public class SampleApplication {

  public static void main(String[] args) {
    SpringApplication.run(SampleApplication.class, args);
  }
}
