// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
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
    int port = port(context);
    new Socket(InetAddress.getLoopbackAddress(), port).close();

    manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);

    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    ApplicationContext next = manager.getTestContext().getApplicationContext();
    assertThat(next).isNotSameAs(context);
    assertThat(next.getBean(Greetings.class).greet("Ada")).isEqualTo("Hello, Ada");
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
