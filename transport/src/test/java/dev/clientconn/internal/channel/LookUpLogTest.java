// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.LoggedWarnings;
import io.grpc.Status;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failed look-ups are retried for ever; the log has each failure once. */
class LookUpLogTest {
  private static final String FAILED = "[fake:///server:1] Name resolution failed, next try in ";

  @RegisterExtension
  private final LoggedWarnings log = new LoggedWarnings();

  private final ChannelHarness harness = new ChannelHarness();

  @Test
  void failureIsLoggedOnceUntilItChanges() {
    harness.connect();
    fail("Unable to resolve host a");
    fail("Unable to resolve host a");
    fail("Unable to resolve host b");
    fail("Unable to resolve host b");

    assertThat(failures(Level.INFO))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo(FAILED + "1000 ms: Unable to resolve host a"),
            changed -> assertThat(changed).endsWith(" ms: Unable to resolve host b"));
  }

  @Test
  void failureAfterASuccessIsLoggedAgain() {
    harness.connect();
    fail("Unable to resolve host a");
    harness.resolver.send(1);
    fail("Unable to resolve host a");

    assertThat(failures(Level.INFO)).hasSize(2);
  }

  @Test
  void stackTraceOfALookUpIsLoggedForDebuggingOnly() {
    log.include(Level.FINE);
    harness.connect();
    fail("Unable to resolve host a");
    fail("Unable to resolve host a");

    assertThat(failures(Level.INFO)).singleElement().asString().doesNotContain("\tat ");
    assertThat(failures(Level.FINE))
        .hasSize(2)
        .allSatisfy(logged -> assertThat(logged).contains("UnknownHostException", "\tat "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns:///greeter.example:1", "static://greeter.example:1"})
  void reasonWhyAProxyCannotBeUsedIsInTheStatusAndLoggedOnce(String target) {
    String reason = "HTTPS_PROXY is not a URL: write http://host:port";
    harness.target(target).proxyDetector(server -> {
      throw new IOException(reason);
    });
    harness.connect();
    FakePick first = harness.call();
    harness.clock.advance(Duration.ofSeconds(1));
    harness.clock.advance(Duration.ofSeconds(2));
    FakePick later = harness.call();

    for (FakePick call : List.of(first, later)) {
      assertThat(call.failed().getDescription())
          .contains("greeter.example", "the proxy cannot be used: " + reason)
          .doesNotContain("Exception");
    }
    assertThat(log.messages().stream().filter(logged -> logged.startsWith("[" + target)))
        .singleElement()
        .asString()
        .startsWith("[" + target + "] No proxy for greeter.example")
        .endsWith(": " + reason);
  }

  /** The next look-up fails. */
  private void fail(String description) {
    harness
        .resolver
        .last()
        .fail(Status.UNAVAILABLE
            .withDescription(description)
            .withCause(new UnknownHostException("no such host")));
    harness.clock.advance(Duration.ofSeconds(10));
  }

  private List<String> failures(Level level) {
    return log.messagesAt(level).stream()
        .filter(logged -> logged.startsWith(FAILED))
        .toList();
  }
}
