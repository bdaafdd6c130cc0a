// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ChannelCredentials;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.testing.TlsTesting;
import io.grpc.testing.integration.AbstractInteropTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/**
 * grpc-java's interop suite over TLS, with its own test certificates on both sides; OpenSSL where
 * it is there.
 */
@RunWith(JUnit4.class)
public class InteropTlsTest extends AbstractInteropTest {

  private final InteropServer server = new InteropServer(serverCredentials());

  @Override
  protected ServerBuilder<?> getServerBuilder() {
    return server;
  }

  @Override
  protected ClientConnBuilder createChannelBuilder() {
    return set(ClientConnBuilder.forTarget(target(), clientCredentials()));
  }

  final String target() {
    return "localhost:" + server.port();
  }

  static ClientConnBuilder set(ClientConnBuilder builder) {
    return builder
        .overrideAuthority("foo.test.google.fr")
        .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
  }

  @Override
  protected boolean metricsExpected() {
    return false;
  }

  private static ServerCredentials serverCredentials() {
    try {
      return TlsServerCredentials.newBuilder()
          .keyManager(TlsTesting.loadCert("server1.pem"), TlsTesting.loadCert("server1.key"))
          .trustManager(TlsTesting.loadCert("ca.pem"))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChannelCredentials clientCredentials() {
    try {
      return TlsChannelCredentials.newBuilder()
          .trustManager(TlsTesting.loadCert("ca.pem"))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
