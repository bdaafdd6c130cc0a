// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.LoggedWarnings;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class CurrentTlsTest {
  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  private final SslContext context = context();
  private final CurrentTls tls = new CurrentTls(context);
  private final AtomicInteger changes = new AtomicInteger();

  @Test
  void listenerFindsTheNewVersion() {
    Runnable listener = () -> changes.addAndGet((int) tls.version().number());
    tls.addListener(listener);
    SslContext next = context();

    tls.update(next, "a file");

    assertThat(changes).hasValue(1);
    assertThat(tls.context()).isSameAs(next);
    assertThat(tls.version().source()).isEqualTo("a file");
  }

  @Test
  void updateWithTheSameContextIsAChange() {
    tls.update(context, "a file");

    assertThat(tls.version().number()).isEqualTo(1);
  }

  @Test
  void listenerThatThrowsDoesNotStopTheOthers() {
    Runnable broken = () -> {
      throw new AssertionError("broken");
    };
    Runnable listener = changes::incrementAndGet;
    tls.addListener(broken);
    tls.addListener(listener);

    tls.update(context, "a file");

    assertThat(changes).hasValue(1);
    assertThat(warnings.messages()).hasSize(1);
  }

  @Test
  void removedListenerIsNotNotified() {
    Runnable listener = changes::incrementAndGet;
    tls.addListener(listener);

    tls.removeListener(listener);
    tls.update(context, "a file");

    assertThat(changes).hasValue(0);
  }

  @Test
  void listenerIsNotRetained() throws InterruptedException {
    WeakReference<Runnable> reference = addListener();

    while (!reference.refersTo(null)) {
      System.gc();
      Thread.sleep(10);
    }
    tls.update(context, "a file");

    assertThat(changes).hasValue(0);
  }

  private WeakReference<Runnable> addListener() {
    // It captures a variable: a lambda that does not would live as long as its class.
    Runnable listener = changes::incrementAndGet;
    tls.addListener(listener);
    return new WeakReference<>(listener);
  }

  private static SslContext context() {
    try {
      return SslContextBuilder.forClient().build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
