// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.testing.TlsTesting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** How the server is reached; TLS uses gRPC's test certificates. */
enum Wire {
  PLAINTEXT,
  TLS;

  /**
   * The arguments that make a server of ours speak this, with the files they name written below
   * {@code directory}.
   */
  List<String> arguments(Path directory) throws IOException {
    return this == PLAINTEXT
        ? List.of()
        : List.of(
            "--cert", write("server1.pem", directory), "--key", write("server1.key", directory));
  }

  ClientConnBuilder channelBuilder(int port) throws IOException {
    if (this == PLAINTEXT) {
      return ClientConnBuilder.forAddress("localhost", port).usePlaintext();
    }
    try (InputStream ca = TlsTesting.loadCert("ca.pem")) {
      ChannelCredentials credentials =
          TlsChannelCredentials.newBuilder().trustManager(ca).build();
      return ClientConnBuilder.forTarget("localhost:" + port, credentials)
          .overrideAuthority("foo.test.google.fr");
    }
  }

  private static String write(String certificate, Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve(certificate).toAbsolutePath();
    try (InputStream in = TlsTesting.loadCert(certificate)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file.toString();
  }
}
