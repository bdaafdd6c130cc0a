// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import dev.clientconn.ClientConnBuilder;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/**
 * grpc-java's interop suite over plaintext. Skips its census case, which {@link InteropTracersTest}
 * runs.
 */
@RunWith(JUnit4.class)
public class InteropPlaintextTest extends AbstractInteropTest {

  private final InteropServer server = new InteropServer(InsecureServerCredentials.create());

  @Override
  protected ServerBuilder<?> getServerBuilder() {
    return server;
  }

  @Override
  protected ClientConnBuilder createChannelBuilder() {
    return ClientConnBuilder.forAddress("localhost", server.port())
        .usePlaintext()
        .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
  }

  @Override
  protected boolean metricsExpected() {
    return false;
  }
}
