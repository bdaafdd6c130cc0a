// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** grpc-go's interop test service. */
final class GoServer {
  private static final String PROJECT = "go";
  private static final Map<Feature, String> MISSING =
      Map.of(Feature.COMPRESSES_EACH_MESSAGE, "grpc-go chooses the compression once for each call");

  private GoServer() {}

  static InteropTarget start(Wire wire) throws IOException, InterruptedException {
    Toolchain.GO.require();
    Path binary = Toolchain.output(PROJECT).resolve("interopserver");
    Toolchain.build(PROJECT, "go", "build", "-buildvcs=false", "-o", binary.toString(), ".");
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(wire.arguments(Toolchain.output(PROJECT)));
    return new ServerProcess(new ProcessBuilder(command), wire, MISSING);
  }
}
