// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.CallCredentials;
import io.grpc.CallCredentials.MetadataApplier;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Credentials that respond at once are no wait of their own; those that take a millisecond, or
 * return without a response, are.
 */
class CredentialsWaitTest extends WaitFixture {

  @AfterEach
  void thePartsAddUp() {
    reports.assertAddUp();
  }

  @Test
  void credentialsThatBlockAreAWait() {
    connected();
    ClientCall<byte[], byte[]> call = ask(applier -> {
      loop.pass(Duration.ofMillis(400));
      applier.apply(new Metadata());
    });
    advance(600);
    cancel(call);

    assertThat(description()).contains("600 ms server, 400 ms credentials; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L, "server", 600L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L, WaitCause.SERVER, 600L));
  }

  @Test
  void theWaitBeginsWhenTheyAreAsked() {
    connected();
    SlowCredentials slow = new SlowCredentials();
    ClientCall<byte[], byte[]> call = ask(applier -> {
      loop.pass(Duration.ofMillis(300));
      slow.waiting.add(applier);
    });
    assertThat(total(WaitCause.CREDENTIALS).nanos()).as("while it lasts").isEqualTo(300_000_000);
    advance(100);
    slow.answer();
    advance(600);
    cancel(call);

    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L, "server", 600L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L, WaitCause.SERVER, 600L));
  }

  @Test
  void credentialsThatFailAfterAWhileHaveWaited() {
    connected();
    ask(applier -> {
      loop.pass(Duration.ofMillis(400));
      applier.fail(Status.UNAUTHENTICATED);
    });

    assertThat(reports.only().status()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L));
  }

  @Test
  void credentialsThatThrowAfterAWhileHaveWaited() {
    connected();
    ask(applier -> {
      loop.pass(Duration.ofMillis(400));
      throw new IllegalStateException("no token");
    });

    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L));
  }

  @Test
  void credentialsThatRespondInLessThanAMillisecondAreTheTurnOfTheCall() {
    Http2Peer peer = connected();
    ask(applier -> {
      loop.pass(Duration.ofNanos(999_999));
      applier.apply(new Metadata());
    });
    advance(20);
    peer.answers(1);

    assertThat(total(WaitCause.CREDENTIALS).count()).isZero();
    assertThat(reports.only().nanos(WaitCause.TURN)).isEqualTo(999_999);
    assertThat(reports.only().nanos(WaitCause.SERVER)).isEqualTo(20_000_000);
  }

  @Test
  void credentialsThatRespondInAMillisecondAreAWait() {
    Http2Peer peer = connected();
    ask(applier -> {
      loop.pass(Duration.ofMillis(1));
      applier.apply(new Metadata());
    });
    advance(20);
    peer.answers(1);

    assertThat(total(WaitCause.CREDENTIALS).count()).isOne();
    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 1L, "server", 20L));
  }

  @Test
  void aCallThatHasWaitedBeforeMeasuresThemExactly() {
    resolved();
    ask(applier -> {
      loop.pass(Duration.ofNanos(500_000));
      applier.apply(new Metadata());
    });
    advance(30);
    peers.last().sendsSettings(s -> {});
    advance(20);
    peers.last().answers(1);

    assertThat(reports.only().nanos(WaitCause.CREDENTIALS)).isEqualTo(500_000);
    assertThat(total(WaitCause.CREDENTIALS)).isEqualTo(new WaitTotal(1, 500_000));
    assertThat(reports.only().nanos(WaitCause.CONNECTING)).isEqualTo(30_000_000);
    assertThat(reports.only().nanos(WaitCause.SERVER)).isEqualTo(20_000_000);
  }

  @Test
  void aCallThatIsCancelledWhileItsCredentialsBlockHasWaitedForThem() {
    connected();
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> ask(applier -> {
      loop.pass(Duration.ofMillis(400));
      context.cancel(null);
      loop.pass(Duration.ofMillis(100));
      applier.apply(new Metadata());
    }));
    loop.run();

    assertThat(description())
        .contains("[waited for the call credentials; 400 ms credentials; 1 attempt]");
    assertThat(reports.millis()).isEqualTo(Map.of("credentials", 400L));
    assertTotals(Map.of(WaitCause.CREDENTIALS, 400L));
    assertThat(peers.last().texts()).noneMatch(text -> text.startsWith("HEADERS"));
  }

  private ClientCall<byte[], byte[]> ask(Consumer<MetadataApplier> response) {
    return unary(CallOptions.DEFAULT.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier applier) {
        response.accept(applier);
      }
    }));
  }
}
