// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.List;
import java.util.Set;

/** The server's process: prints its port, then serves until its standard input ends. */
final class BenchmarkServerMain {

  private static final Set<String> OPTIONS = Set.of("server", "response", "messages");

  private BenchmarkServerMain() {}

  public static void main(String[] args) {
    try {
      CommandLine line = new CommandLine(List.of(args), OPTIONS);
      ResponseShape shape =
          new ResponseShape(line.number("response", 100), line.number("messages", 1));
      try (BenchmarkServer server = start(line.text("server", "canned"), shape)) {
        System.out.println(server.port());
        ParentWatch.awaitParentEnd();
      }
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  static List<String> arguments(String kind, ResponseShape shape) {
    return List.of(
        "--server=" + kind, "--response=" + shape.payloadBytes(), "--messages=" + shape.messages());
  }

  private static BenchmarkServer start(String kind, ResponseShape shape) throws Exception {
    return switch (kind) {
      case "canned" -> CannedServer.start(shape);
      case "grpc-java" -> GrpcJavaServer.start(shape);
      default ->
        throw new IllegalArgumentException("no server '" + kind + "'; use canned or grpc-java");
    };
  }
}
