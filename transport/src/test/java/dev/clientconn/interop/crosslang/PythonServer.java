// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The interop test service on grpcio, over gRPC's C core. */
final class PythonServer {
  private static final String PROJECT = "python";
  private static final Map<Feature, String> MISSING = Map.of(
      Feature.SEES_COMPRESSION,
      "grpcio does not tell a handler whether a message it read was compressed");
  private static final String[] PROTOS = {"empty.proto", "messages.proto"};

  private PythonServer() {}

  static InteropTarget start(Wire wire) throws IOException, InterruptedException {
    Toolchain.PYTHON.require();
    Path packages = packages();
    Path generated = generate(packages);
    List<String> command = new ArrayList<>(List.of("python3", "server.py"));
    command.addAll(wire.arguments(Toolchain.output(PROJECT)));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(Toolchain.sources(PROJECT).toFile());
    builder.environment().put("PYTHONPATH", packages + File.pathSeparator + generated);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    return new ServerProcess(builder, wire, MISSING);
  }

  /**
   * Installs what the requirements list, unless the last run did: its copy of the list is then
   * equal.
   */
  private static Path packages() throws IOException, InterruptedException {
    Path wanted = Toolchain.sources(PROJECT).resolve("requirements.txt");
    Path packages = Toolchain.output(PROJECT).resolve("packages");
    Path installed = packages.resolve("requirements.txt");
    if (!Files.exists(installed) || Files.mismatch(wanted, installed) >= 0) {
      Toolchain.build(
          PROJECT,
          "python3",
          "-m",
          "pip",
          "install",
          "--only-binary",
          ":all:",
          "--upgrade",
          "--target",
          packages.toString(),
          "--requirement",
          wanted.toString());
      Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
    }
    return packages;
  }

  /** Generates the messages' modules; their protos are in the jar that has the client's stubs. */
  private static Path generate(Path packages) throws IOException, InterruptedException {
    Path protos = Files.createDirectories(Toolchain.output(PROJECT).resolve("protos"));
    Path generated = Files.createDirectories(Toolchain.output(PROJECT).resolve("generated"));
    for (String proto : PROTOS) {
      try (InputStream in = Objects.requireNonNull(
          PythonServer.class.getResourceAsStream("/grpc/testing/" + proto), proto)) {
        Files.copy(in, protos.resolve(proto), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    // Run as a file of the package directory, which so comes first on the module path.
    Toolchain.build(
        PROJECT,
        "python3",
        "-c",
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from grpc_tools import protoc; "
            + "sys.exit(protoc.main(sys.argv))",
        packages.toString(),
        "-I" + protos,
        "--python_out=" + generated,
        PROTOS[0],
        PROTOS[1]);
    return generated;
  }
}
