// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

class GrpcTestServerContextsTest {

  @Test
  void testClassesWithEqualServersShareAContext() {
    assertThat(Contexts.load(First.class))
        .isSameAs(Contexts.load(Equal.class))
        .isSameAs(Contexts.load(Inheriting.class))
        .isNotSameAs(Contexts.load(Other.class));
  }

  @Test
  void serverStopsWithTheContextAndTheNextContextHasItsOwn() throws IOException {
    TestContextManager manager = new TestContextManager(First.class);
    ApplicationContext context = manager.getTestContext().getApplicationContext();
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port(context))) {
      connection.setSoTimeout(20_000);
      assertThat(connection.getInputStream().read()).isNotNegative(); // It was accepted.

      manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);

      // The port alone shows nothing: another process may have it as soon as it is free.
      assertThat(closes(connection)).isTrue();
    }
    ApplicationContext next = manager.getTestContext().getApplicationContext();
    assertThat(next).isNotSameAs(context);
    assertThat(next.getBean(Greetings.class).greet("Ada")).isEqualTo("Hello, Ada");
  }

  /** Whether the server ends the connection, orderly or with a reset, while this side waits. */
  private static boolean closes(Socket connection) throws IOException {
    try {
      connection.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException silent) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static int port(ApplicationContext context) {
    String address =
        context.getEnvironment().getRequiredProperty("grpc.client.targets.greeter.address");
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class First {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(services = FakeGreeter.class)
  static class Equal {}

  static class Inheriting extends First {}

  @SpringBootTest(classes = Application.class)
  @GrpcTestServer(targets = "greeter", services = FakeGreeter.class)
  static class Other {}
}
