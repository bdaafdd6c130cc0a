// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    assertStops(server, () -> server.afterAll(CONTEXT));
  }

  @Test
  void serverOfAnInstanceStopsAfterTheTest() {
    FaultyServer server = new FaultyServer();
    server.beforeEach(CONTEXT);
    assertThat(call(server)).isNull();

    assertStops(server, () -> server.afterEach(CONTEXT));
  }

  @Test
  void testFailsWithTheExceptionOfAScript() {
    FaultyServer server = new FaultyServer();
    server.beforeEach(CONTEXT);
    server.onCall(call -> {
      throw new IllegalStateException("a mistake");
    });

    assertThat(call(server)).hasMessageContaining("INTERNAL_ERROR");
    assertStops(
        server,
        () -> assertThatExceptionOfType(AssertionError.class)
            .isThrownBy(() -> server.afterEach(CONTEXT))
            .withRootCauseInstanceOf(IllegalStateException.class));
  }

  @Test
  void mistakeOfAnEarlierTestThatRunsLateDoesNotFailALaterTest() throws InterruptedException {
    FaultyServer server = new FaultyServer();
    AtomicBoolean firstTestEnded = new AtomicBoolean();
    CountDownLatch failed = new CountDownLatch(1);
    server.beforeAll(CONTEXT);
    server.beforeEach(CONTEXT);
    server.onCall(call -> {
      call.respondEmpty();
      failAfter(firstTestEnded, failed, call);
    });
    assertThat(call(server)).isNull();
    server.afterEach(CONTEXT);

    server.beforeEach(CONTEXT);
    firstTestEnded.set(true);
    assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
    server.afterEach(CONTEXT);
    server.afterAll(CONTEXT);
  }

  private static void failAfter(AtomicBoolean event, CountDownLatch failed, FaultyCall call) {
    call.after(Duration.ofMillis(1), () -> {
      if (event.get()) {
        failed.countDown();
        throw new IllegalStateException("a mistake");
      }
      failAfter(event, failed, call);
    });
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

  /**
   * Runs the step that stops a server. The end of a connection shows the stop; a new connection to
   * the port does not, because another process may have the port by now.
   */
  private static void assertStops(FaultyServer server, Runnable stop) {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      connection.setSoTimeout(20_000);
      assertThat(connection.getInputStream().read()).isNotNegative(); // It was accepted.
      stop.run();
      connection.getInputStream().readAllBytes();
    } catch (SocketTimeoutException silent) {
      throw new AssertionError("the server has not closed its connection", silent);
    } catch (IOException closed) {
      assertThat(closed).isInstanceOf(SocketException.class);
    }
  }
}
