// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The server's process: prints its ports in the order of its settings, then serves until its standard input ends. */
final class BenchmarkServerMain {

  private static final Set<String> OPTIONS = Set.of("server", "settings", "certificate", "key");

  private BenchmarkServerMain() {}

  public static void main(String[] args) {
    try {
      CommandLine line = new CommandLine(List.of(args), OPTIONS);
      List<ServerSetting> settings = ServerSetting.parseAll(line.text("settings", "kind=unary"));
      try (BenchmarkServer server =
          start(line.text("server", "canned"), settings, certificate(line))) {
        System.out.println(
            server.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        ParentWatch.awaitParentEnd();
      }
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  static List<String> arguments(
      String kind, List<ServerSetting> settings, @Nullable ServerCertificate certificate) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server=" + kind);
    arguments.add("--settings=" + ServerSetting.textOf(settings));
    if (certificate != null) {
      arguments.add("--certificate=" + certificate.certificate());
      arguments.add("--key=" + certificate.key());
    }
    return arguments;
  }

  private static @Nullable ServerCertificate certificate(CommandLine line) {
    if (line.has("certificate") != line.has("key")) {
      throw new IllegalArgumentException("--certificate and --key go together");
    }
    return line.has("key")
        ? new ServerCertificate(
            new File(line.text("certificate", "")), new File(line.text("key", "")))
        : null;
  }

  private static BenchmarkServer start(
      String kind, List<ServerSetting> settings, @Nullable ServerCertificate certificate)
      throws Exception {
    return switch (kind) {
      case "canned" -> CannedServer.start(settings, certificate);
      case "grpc-java" -> GrpcJavaServer.start(settings, certificate);
      default ->
        throw new IllegalArgumentException("no server '" + kind + "'; use canned or grpc-java");
    };
  }
}
