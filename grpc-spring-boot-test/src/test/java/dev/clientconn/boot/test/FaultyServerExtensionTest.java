// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Calls the methods of the extension as JUnit does. */
@NullUnmarked
class FaultyServerExtensionTest {

  private static final ExtensionContext CONTEXT = null;

  @Test
  void serverOfTheClassForgetsTheScriptOfATest() {
    FaultyServer server = new FaultyServer();
    server.beforeAll(CONTEXT);
    String address = server.address();
    server.beforeEach(CONTEXT);
    server.onCall(FaultyCall::closeConnection);
    call(server);
    server.afterEach(CONTEXT);

    server.beforeEach(CONTEXT);
    assertThat(server.address()).isEqualTo(address);
    assertThat(server.receivedCalls()).isZero();
    assertThat(call(server)).isNull();
    server.afterEach(CONTEXT);
    server.afterAll(CONTEXT);

    assertStopped(server);
  }

  @Test
  void serverOfAnInstanceStopsAfterTheTest() {
    FaultyServer server = new FaultyServer();
    server.beforeEach(CONTEXT);
    assertThat(call(server)).isNull();
    server.afterEach(CONTEXT);

    assertStopped(server);
  }

  @Test
  void testFailsWithTheExceptionOfAScript() {
    FaultyServer server = new FaultyServer();
    server.beforeEach(CONTEXT);
    server.onCall(call -> {
      throw new IllegalStateException("a mistake");
    });

    assertThat(call(server)).hasMessageContaining("INTERNAL_ERROR");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> server.afterEach(CONTEXT))
        .withRootCauseInstanceOf(IllegalStateException.class);
    assertStopped(server);
  }

  private static StatusRuntimeException call(FaultyServer server) {
    ClientConn channel =
        ClientConnBuilder.forTarget(server.address()).usePlaintext().build();
    try {
      GreeterGrpc.newBlockingStub(channel).greet(GreetRequest.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException failure) {
      return failure;
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertStopped(FaultyServer server) {
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), server.port()).close());
  }
}
