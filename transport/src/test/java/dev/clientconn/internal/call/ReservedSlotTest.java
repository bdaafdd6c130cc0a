// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.TextMethods;
import io.grpc.CallCredentials;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An attempt that makes no stream returns what the pick has reserved for it. */
class ReservedSlotTest {
  private final CallFixture fixture = new CallFixture();
  private CallCredentials.@Nullable MetadataApplier applier;

  private void fetchCredentials() {
    fixture.options = fixture.options.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier to) {
        applier = to;
      }
    });
  }

  private void assertReturned() {
    assertThat(fixture.transport.streams).isEmpty();
    assertThat(fixture.transport.releasedReservations).isPositive();
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void callThatIsCancelledWhileItWaitsForCredentials() {
    fetchCredentials();
    var call = fixture.unary("hello");
    assertThat(fixture.transport.releasedReservations).isZero();

    call.cancel("enough", null);

    assertReturned();
  }

  @Test
  void callWhoseDeadlinePassesWhileItWaitsForCredentials() {
    fetchCredentials();
    fixture.options =
        fixture.options.withDeadline(fixture.clock.deadlineAfter(1, TimeUnit.SECONDS));
    fixture.unary("hello");

    fixture.clock.advance(1, TimeUnit.SECONDS);

    assertReturned();
  }

  @Test
  void callWhoseCredentialsFail() {
    fetchCredentials();
    fixture.unary("hello");

    Objects.requireNonNull(applier).fail(Status.UNAUTHENTICATED);

    assertReturned();
  }

  @Test
  void callWhoseCredentialsFailAtOnce() {
    fixture.options = fixture.options.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier to) {
        to.fail(Status.UNAUTHENTICATED);
      }
    });

    fixture.unary("hello");

    assertReturned();
  }

  @Test
  void callWhoseBalancerMakesABrokenTracer() {
    fixture.source.result = PickResult.withSubchannel(
        new FakeSource.NoSubchannel(), new ClientStreamTracer.Factory() {
          @Override
          public ClientStreamTracer newClientStreamTracer(
              ClientStreamTracer.StreamInfo info, Metadata headers) {
            throw new IllegalStateException("no tracer");
          }
        });

    fixture.unary("hello");

    assertReturned();
  }

  @Test
  void callThatHasEndedWhenItIsPicked() {
    fixture.source.transport = null;
    var call = fixture.unary("hello");
    TransportSource.PendingPick pick = fixture.source.waiting.get(0);
    call.cancel("enough", null);
    assertThat(pick.isWanted()).isFalse();

    pick.onPicked(fixture.transport, FakeSource.PICKED);

    assertReturned();
  }

  @Test
  void transportThatThrowsGetsItBack() {
    fixture.transport.beforeStream = () -> {
      throw new IllegalStateException("no stream");
    };

    fixture.unary("hello");

    assertReturned();
  }

  @Test
  void deadlineOfACallThatWaitsForASlotSaysSo() {
    fixture.source.transport = null;
    fixture.source.slot = "a stream slot: 1 of 1 in use";
    fixture.options =
        fixture.options.withDeadline(fixture.clock.deadlineAfter(1, TimeUnit.SECONDS));
    fixture.start(TextMethods.BIDI);
    TransportSource.PendingPick pick = fixture.source.waiting.get(0);
    assertThat(pick.isDeadlinePassed()).isFalse();

    fixture.clock.advance(1, TimeUnit.SECONDS);

    assertThat(pick.isDeadlinePassed()).isTrue();
    assertThat(fixture.listener.description())
        .isEqualTo("CallOptions deadline exceeded after 1.000000000s."
            + " [waited for a stream slot: 1 of 1 in use]");
  }
}
