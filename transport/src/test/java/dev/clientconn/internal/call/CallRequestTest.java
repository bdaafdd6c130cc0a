// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallRequestTest {
  private final CallFixture fixture = new CallFixture();

  @Conforms("C052")
  @Test
  void aUnaryCallIsOneCommand() {
    fixture.unary("hello");

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void aStreamingCallOpensAtStart() {
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");
    call.halfClose();

    assertThat(fixture.stream().commands)
        .containsExactly("start()", "write(a)", "write(b)", "halfClose");
  }

  @Test
  void aUnaryCallWithADeadlineIsOneCommandToo() {
    fixture.options =
        CallOptions.DEFAULT.withDeadline(fixture.clock.deadlineAfter(1, TimeUnit.SECONDS));

    fixture.unary("hello");

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Test
  void messagesWrittenBeforeThePickArriveInOrder() {
    fixture.withoutTransport();
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.sendMessage("b");
    assertThat(call.isReady()).isFalse();

    fixture.source.complete(fixture.transport);
    call.sendMessage("c");
    call.halfClose();

    assertThat(fixture.stream().commands)
        .containsExactly("start(a)", "write(b)", "write(c)", "halfClose");
    assertThat(call.isReady()).isFalse();
  }

  @Test
  void aHalfCloseBeforeThePickTravelsWithTheOnlyMessage() {
    fixture.withoutTransport();
    var call = fixture.start(TextMethods.BIDI);
    call.sendMessage("a");
    call.halfClose();

    fixture.source.complete(fixture.transport);

    assertThat(fixture.stream().commands).containsExactly("start(a,end)");
  }

  @Test
  void callOptionsAndServiceConfigReachTheHeaders() {
    fixture.options = CallOptions.DEFAULT
        .withAuthority("other")
        .withCompression("gzip")
        .withMaxInboundMessageSize(1000)
        .withOnReadyThreshold(7);
    fixture.config = new MethodConfig(5_000_000_000L, true, null, 100);

    fixture.unary("hello");

    StreamParameters headers = fixture.stream().headers;
    assertThat(headers.authority()).isEqualTo("other");
    assertThat(headers.messageEncoding()).isEqualTo("gzip");
    assertThat(headers.maxInboundMessageSize()).isEqualTo(100);
    assertThat(headers.onReadyThreshold()).isEqualTo(7);
    assertThat(headers.deadline()).isNotNull();
  }

  @Test
  void serviceConfigRaisesAnUnsetResponseLimit() {
    fixture.config = new MethodConfig(null, null, null, 16_000_000);
    fixture.unary("one");
    assertThat(fixture.stream().headers.maxInboundMessageSize()).isEqualTo(16_000_000);

    fixture.maxInboundMessageSize = 1000;
    fixture.unary("two");
    assertThat(fixture.stream().headers.maxInboundMessageSize()).isEqualTo(1000);

    fixture.maxInboundMessageSize = null;
    fixture.config = MethodConfig.NONE;
    fixture.unary("three");
    assertThat(fixture.stream().headers.maxInboundMessageSize()).isEqualTo(4 * 1024 * 1024);
  }

  @Conforms({"T083", "C044"})
  @Test
  void aPickersAuthorityAppliesOnlyWhereTheCallHasNone() {
    fixture.source.result =
        PickResult.withSubchannel(new FakeSource.NoSubchannel(), null, "pickers");
    fixture.unary("one");
    assertThat(fixture.stream().headers.authority()).isEqualTo("pickers");

    fixture.options = CallOptions.DEFAULT.withAuthority("calls");
    fixture.unary("two");
    assertThat(fixture.stream().headers.authority()).isEqualTo("calls");
  }

  @Conforms("C050")
  @Test
  void waitForReadyComesFromOptionsOrServiceConfig() {
    fixture.withoutTransport().unary("one");
    fixture.config = new MethodConfig(null, true, null, null);
    fixture.unary("two");

    assertThat(fixture.source.waiting)
        .extracting(TransportSource.PendingPick::waitForReady)
        .containsExactly(false, true);
  }

  @Test
  void pickersAndTracersSeeTheOptionsThatHoldForTheCall() {
    RecordingTracers tracers = new RecordingTracers();
    fixture.options =
        CallOptions.DEFAULT.withStreamTracerFactory(tracers).withMaxOutboundMessageSize(50);
    fixture.config = new MethodConfig(5_000_000_000L, true, 10, 100);

    fixture.withoutTransport().unary("hello");

    CallOptions picked = fixture.source.waiting.get(0).args().getCallOptions();
    assertThat(picked.getDeadline()).isNotNull();
    assertThat(picked.isWaitForReady()).isTrue();
    assertThat(picked.getMaxOutboundMessageSize()).isEqualTo(10);
    assertThat(picked.getMaxInboundMessageSize()).isEqualTo(100);
    assertThat(tracers.options).isEqualTo(picked);
  }

  @Conforms({"C092", "C051"})
  @Test
  void aCallsEarlierDeadlineAndSmallerLimitsPrevailOverTheServiceConfig() {
    fixture.options = CallOptions.DEFAULT
        .withDeadlineAfter(1, TimeUnit.SECONDS)
        .withMaxInboundMessageSize(5)
        .withMaxOutboundMessageSize(6);
    fixture.config = new MethodConfig(5_000_000_000L, false, 10, 100);

    fixture.withoutTransport().unary("hello");

    CallOptions picked = fixture.source.waiting.get(0).args().getCallOptions();
    assertThat(picked.getDeadline()).isEqualTo(fixture.options.getDeadline());
    assertThat(picked.isWaitForReady()).isFalse();
    assertThat(picked.getMaxOutboundMessageSize()).isEqualTo(6);
    assertThat(picked.getMaxInboundMessageSize()).isEqualTo(5);
  }

  @Conforms("T202")
  @Test
  void aMessageAboveTheOutboundLimitCancelsTheCallBeforeItLeaves() {
    fixture.options = CallOptions.DEFAULT.withMaxOutboundMessageSize(4);

    var call = fixture.start(TextMethods.UNARY);
    call.sendMessage("hello");
    call.halfClose();

    assertThat(fixture.transport.streams).isEmpty();
    assertThat(fixture.listener.end().getCode()).isEqualTo(Code.CANCELLED);
    assertThat(fixture.listener.description()).startsWith("Failed to stream message");
    assertThat(fixture.listener.end().getCause()).hasMessageContaining("message too large 5 > 4");
  }

  @Test
  void aMessageAtTheOutboundLimitGoesOut() {
    fixture.options = CallOptions.DEFAULT.withMaxOutboundMessageSize(5);

    fixture.unary("hello");

    assertThat(fixture.stream().commands).containsExactly("start(hello,end)");
  }

  @Conforms("T203")
  @Test
  void aThrowingMarshallerCancelsTheCallAndNotTheCaller() {
    RuntimeException broken = new RuntimeException("broken");
    var method = TextMethods.of(MethodType.BIDI_STREAMING, new TextMethods.TextMarshaller() {
      @Override
      public InputStream stream(String value) {
        throw broken;
      }
    });
    var call = fixture.start(method);

    call.sendMessage("x");

    assertThat(fixture.stream().commands).containsExactly("start()", "cancel(CANCELLED)");
    assertThat(fixture.listener.end().getCause()).isSameAs(broken);
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void marshallersThatDoNotKnowTheirLengthAreCopied() {
    String large = "x".repeat(70_000);
    var method = TextMethods.of(MethodType.BIDI_STREAMING, new TextMethods.TextMarshaller() {
      @Override
      public InputStream stream(String value) {
        return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
      }
    });
    var call = fixture.start(method);

    call.sendMessage("short");
    call.sendMessage(large);

    assertThat(fixture.stream().commands)
        .containsExactly("start()", "write(short)", "write(70000 bytes)");
  }

  @Test
  void aMarshallerThatGivesLessThanItAnnouncedFailsTheCall() {
    var method = TextMethods.of(MethodType.UNARY, new TextMethods.TextMarshaller() {
      @Override
      public InputStream stream(String value) {
        return new TextMethods.KnownStream(value.getBytes(StandardCharsets.UTF_8)) {
          @Override
          public synchronized int available() {
            return 9;
          }
        };
      }
    });
    var call = fixture.start(method);

    call.sendMessage("four");

    assertThat(fixture.listener.end().getCause()).hasMessageContaining("announced 9 bytes");
  }

  @Conforms("T202")
  @Test
  void messagesAreCompressedUnlessEmptyOrSwitchedOff() {
    fixture.options = CallOptions.DEFAULT.withCompression("gzip");
    var call = fixture.start(TextMethods.BIDI);

    call.sendMessage("zipped");
    call.sendMessage("");
    call.setMessageCompression(false);
    call.sendMessage("plain");

    assertThat(fixture.stream().commands)
        .containsExactly("start()", "write(compressed)", "write()", "write(plain)");
  }

  @Conforms("T203")
  @Test
  void anUnknownCompressorFailsTheCall() {
    fixture.options = CallOptions.DEFAULT.withCompression("nope");

    fixture.start(TextMethods.UNARY);

    assertThat(fixture.listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(fixture.listener.description()).isEqualTo("Unable to find compressor by name nope");
    assertThat(fixture.source.picks).isZero();
    assertThat(fixture.callsStarted).isOne();
    assertThat(fixture.callsEnded).isOne();
  }

  @Conforms("C055")
  @Test
  void aSecondMessageOfAOneMessageCallIsAnError() {
    var call = fixture.start(TextMethods.UNARY);
    call.sendMessage("one");
    call.sendMessage("two");
    call.halfClose();

    assertThat(fixture.listener.end().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(fixture.transport.streams).isEmpty();
  }

  @Conforms({"T060", "C055"})
  @Test
  void theOrderOfMethodsIsGuarded() {
    var call = fixture.newCall(TextMethods.BIDI);
    assertThatThrownBy(() -> call.request(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.sendMessage("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);

    call.start(fixture.listener, new Metadata());
    assertThatThrownBy(() -> call.start(fixture.listener, new Metadata()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> call.request(-1)).isInstanceOf(IllegalArgumentException.class);

    call.halfClose();
    assertThatThrownBy(() -> call.sendMessage("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readinessIsTheStreams() {
    var call = fixture.start(TextMethods.BIDI);
    fixture.stream().ready = false;
    assertThat(call.isReady()).isFalse();

    fixture.stream().becomeReady();

    assertThat(call.isReady()).isTrue();
    assertThat(fixture.listener.events).containsExactly("ready");
  }

  @Test
  void aOneMessageCallIsNeverNotifiedThatItIsReady() {
    fixture.unary("hello");

    fixture.stream().becomeReady();

    assertThat(fixture.listener.events).isEmpty();
  }

  @Test
  void aFailedPickEndsTheCall() {
    fixture.withoutTransport().unary("hello");

    fixture.source.waiting.remove(0).onFailed(Status.UNAVAILABLE.withDescription("nobody home"));

    assertThat(fixture.listener.events).containsExactly("close(UNAVAILABLE)");
    assertThat(fixture.callsEnded).isOne();
  }
}
