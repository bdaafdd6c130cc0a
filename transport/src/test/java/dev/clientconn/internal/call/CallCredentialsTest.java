// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallCredentialsTest {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final CallFixture fixture = new CallFixture();
  private final Capture credentials = new Capture();

  CallCredentialsTest() {
    fixture.options = CallOptions.DEFAULT.withCallCredentials(credentials);
  }

  private static Metadata token() {
    Metadata metadata = new Metadata();
    metadata.put(TOKEN, "secret");
    return metadata;
  }

  @Test
  void metadataGivenInlineTravelsWithTheCall() {
    credentials.inline = applier -> applier.apply(token());

    fixture.unary("hello");

    assertThat(fixture.stream().headers.metadata().get(TOKEN)).isEqualTo("secret");
    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void theStreamWaitsForMetadataGivenLater() {
    fixture.unary("hello");
    assertThat(fixture.transport.streams).isEmpty();

    credentials.applier().apply(token());

    assertThat(fixture.stream().headers.metadata().get(TOKEN)).isEqualTo("secret");
  }

  @Test
  @SuppressWarnings("NullAway") // as foreign code may
  void nullInPlaceOfMetadataFailsTheCall() {
    credentials.inline = applier -> applier.apply(null);

    fixture.unary("hello");

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullInPlaceOfAStatusFailsTheCall() {
    credentials.inline = applier -> applier.fail(null);

    fixture.unary("hello");

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms({"T008", "T080", "T082", "C151", "C152"})
  @Test
  void credentialsGetTheDescriptionOfTheCall() {
    fixture.unary("hello");

    CallCredentials.RequestInfo info = credentials.info();
    assertThat(info.getAuthority()).as("of the connection").isEqualTo("server:1");
    assertThat(info.getSecurityLevel()).isEqualTo(SecurityLevel.NONE);
    assertThat(info.getMethodDescriptor()).isSameAs(TextMethods.UNARY);
    assertThat(info.getTransportAttrs()).isEqualTo(Attributes.EMPTY);
    assertThat(credentials.executor).isSameAs(fixture.offload);
  }

  @Test
  void credentialsSeeTheOptionsThatHoldForTheCall() {
    fixture.config = new MethodConfig(5_000_000_000L, true, null, null);

    fixture.unary("hello");

    CallOptions seen = credentials.info().getCallOptions();
    assertThat(seen.getDeadline()).isNotNull();
    assertThat(seen.isWaitForReady()).isTrue();
  }

  @Conforms("T081")
  @Test
  void anExceptionMeansUnauthenticated() {
    credentials.inline = applier -> {
      throw new IllegalStateException("no token");
    };

    fixture.unary("hello");

    assertThat(fixture.listener.end().getCode()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(fixture.listener.description()).contains("no token");
    assertThat(fixture.transport.streams).isEmpty();
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("T081")
  @ParameterizedTest
  @CsvSource({
    "UNAUTHENTICATED, UNAUTHENTICATED",
    "UNAVAILABLE, UNAVAILABLE",
    "INVALID_ARGUMENT, INTERNAL",
    "NOT_FOUND, INTERNAL",
    "ALREADY_EXISTS, INTERNAL",
    "FAILED_PRECONDITION, INTERNAL",
    "ABORTED, INTERNAL",
    "OUT_OF_RANGE, INTERNAL",
    "DATA_LOSS, INTERNAL"
  })
  void codesThatOnlyServersMayUseBecomeInternal(Code failed, Code heard) {
    fixture.unary("hello");

    credentials.applier().fail(failed.toStatus().withDescription("why"));

    assertThat(fixture.listener.end().getCode()).isEqualTo(heard);
    assertThat(fixture.listener.description()).contains("why");
  }

  @Test
  void aSecondResponseOfTheCredentialsIsAnError() {
    fixture.unary("hello");
    credentials.applier().apply(token());

    assertThatThrownBy(() -> credentials.applier().fail(Status.UNAUTHENTICATED))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void credentialsThatRespondAfterACancelOpenNothing() {
    var call = fixture.unary("hello");
    call.cancel("enough", null);

    credentials.applier().apply(token());

    assertThat(fixture.transport.streams).isEmpty();
    assertThat(fixture.listener.events).containsExactly("close(CANCELLED)");
  }

  @Test
  void aDeadlineThatPassesWhileCredentialsAreFetchedSaysSo() {
    fixture.options =
        fixture.options.withDeadline(fixture.clock.deadlineAfter(1, TimeUnit.SECONDS));
    fixture.start(TextMethods.BIDI);

    fixture.clock.advance(1, TimeUnit.SECONDS);

    assertThat(fixture.listener.description())
        .isEqualTo("CallOptions deadline exceeded after 1.000000000s."
            + " [waited for the call credentials; 1000 ms credentials; 1 attempt]");
  }

  @Test
  void credentialsThatRespondAtOnceAreNoWaitOfTheCall() {
    credentials.inline = applier -> applier.apply(token());

    fixture.unary("hello");

    assertThat(waits().count()).isZero();
  }

  @Test
  void credentialsThatBlockAreAWaitOfACallThatNobodyMeasures() {
    credentials.inline = applier -> {
      fixture.clock.advance(400, TimeUnit.MILLISECONDS);
      applier.apply(token());
    };

    fixture.unary("hello");

    assertThat(waits()).isEqualTo(new WaitTotal(1, TimeUnit.MILLISECONDS.toNanos(400)));
    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void credentialsThatRespondOnAnotherThreadBeforeTheyReturnOpenTheStreamOnce() {
    credentials.inline =
        applier -> CompletableFuture.runAsync(() -> applier.apply(token())).join();

    fixture.unary("hello");

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
    assertThat(fixture.unsent.waitingCalls()).isEmpty();
    assertThat(waits().count()).isZero();
  }

  @Test
  void aCallThatIsCancelledWhileItsCredentialsBlockSaysSo() {
    ClientCall<String, String> call = fixture.newCall(TextMethods.UNARY);
    credentials.inline = applier -> {
      fixture.clock.advance(400, TimeUnit.MILLISECONDS);
      call.cancel("enough", null);
      applier.apply(token());
    };
    call.start(fixture.listener, new Metadata());
    call.sendMessage("hello");
    call.halfClose();

    assertThat(fixture.listener.description())
        .isEqualTo("enough [waited for the call credentials; 400 ms credentials; 1 attempt]");
    assertThat(fixture.transport.streams).isEmpty();
    assertThat(fixture.callsEnded).isOne();
    fixture.clock.advance(1, TimeUnit.SECONDS);
    assertThat(waits()).isEqualTo(new WaitTotal(1, TimeUnit.MILLISECONDS.toNanos(400)));
  }

  private WaitTotal waits() {
    return Objects.requireNonNull(
        fixture.waits.snapshot(fixture.clock.nanoTime()).get(WaitCause.CREDENTIALS));
  }

  private interface Answer {
    void give(CallCredentials.MetadataApplier applier);
  }

  private static final class Capture extends CallCredentials {
    @Nullable
    Answer inline;

    @Nullable
    RequestInfo info;

    @Nullable
    Executor executor;

    private @Nullable MetadataApplier applier;

    @Override
    public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier to) {
      info = of;
      executor = on;
      applier = to;
      if (inline != null) {
        inline.give(to);
      }
    }

    RequestInfo info() {
      if (info == null) {
        throw new AssertionError("credentials were not asked");
      }
      return info;
    }

    MetadataApplier applier() {
      if (applier == null) {
        throw new AssertionError("credentials were not asked");
      }
      return applier;
    }
  }
}
