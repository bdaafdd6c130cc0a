// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTracersTest {
  private final CallFixture fixture = new CallFixture();
  private final RecordingTracers tracers = new RecordingTracers();

  private void trace() {
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(tracers);
  }

  @Conforms({"T064", "T100", "C160"})
  @Test
  void aUnaryCallsEventsComeInGrpcJavasOrder() {
    trace();
    fixture.unary("hello");
    fixture.stream().respond("you");

    assertThat(tracers.events)
        .containsExactly(
            "new",
            "created",
            "outboundHeaders",
            "outboundMessage(0)",
            "sent(0,5,5)",
            "outboundWire(5)",
            "outboundSize(5)",
            "inboundHeaders",
            "inboundMessage(0)",
            "inboundWire(3)",
            "read(0,3,3)",
            "inboundSize(3)",
            "inboundTrailers",
            "closed(OK)");
  }

  @Test
  void eachAttemptHasATracerOfItsOwn() {
    trace();
    fixture.unary("x");
    fixture.stream().close(Status.UNAVAILABLE, StreamProgress.REFUSED);
    fixture.stream().close(Status.OK);

    assertThat(tracers.events.stream().filter(e -> e.startsWith("new") || e.startsWith("closed")))
        .containsExactly("new", "closed(UNAVAILABLE)", "new again", "closed(OK)");
  }

  @Conforms("J37")
  @Test
  void aTracerIsNotifiedOfAnEndWithoutAStream() {
    trace();
    var call = fixture.withoutTransport().unary("hello");

    call.cancel("enough", null);

    assertThat(tracers.events).containsExactly("new", "pending", "closed(CANCELLED)");
  }

  @Test
  void aTracerIsNotifiedOfAFailedPick() {
    trace();
    fixture.onExecutor().withoutTransport().unary("hello");

    fixture.source.waiting.remove(0).onFailed(Status.UNAVAILABLE);
    fixture.executor.runAll();

    assertThat(tracers.events).containsExactly("new", "pending", "closed(UNAVAILABLE)");
  }

  @Conforms({"T165", "C044"})
  @Test
  void aBalancersTracerIsMadeAfterThePick() {
    trace();
    RecordingTracers balancers = new RecordingTracers();
    fixture.source.result = PickResult.withSubchannel(new FakeSource.NoSubchannel(), balancers);

    fixture.unary("hello");
    fixture.stream().respond("you");

    assertThat(balancers.events).hasSameSizeAs(tracers.events).startsWith("new", "created");
  }

  @Conforms("C045")
  @Test
  void aTracerIsClosedOnceWhereACancelComesWhileABalancersTracerIsMade() {
    trace();
    ClientCallImpl<String, String> call = fixture.newCall(TextMethods.UNARY);
    fixture.source.result = PickResult.withSubchannel(
        new FakeSource.NoSubchannel(), new ClientStreamTracer.Factory() {
          @Override
          public ClientStreamTracer newClientStreamTracer(
              ClientStreamTracer.StreamInfo info, Metadata headers) {
            call.cancel("now", null);
            return new ClientStreamTracer() {};
          }
        });

    call.start(fixture.listener, new Metadata());
    call.request(2);
    call.sendMessage("hello");
    call.halfClose();

    assertThat(tracers.events).containsOnlyOnce("closed(CANCELLED)");
  }

  @Conforms("C046")
  @Test
  void aCallThatWaitsForAConnectionIsReportedOnce() {
    trace();
    fixture.withoutTransport().unary("hello");

    fixture.source.complete(fixture.transport);

    assertThat(tracers.events).startsWith("new", "pending", "created");
  }

  @Test
  void aPickersLabelsReachTheTracers() {
    trace();
    fixture.source.label = details -> details.addOptionalLabel("grpc.lb.locality", "zone-1");

    fixture.unary("hello");

    assertThat(tracers.events).startsWith("new", "label(grpc.lb.locality=zone-1)", "created");
  }

  @Test
  void theEndOfTheStreamIsReportedBeforeTheApplicationTakesTheResponse() {
    trace();
    fixture.onExecutor().unary("hello");

    fixture.stream().respond("you");

    assertThat(tracers.events).endsWith("closed(OK)");
    assertThat(fixture.listener.events).isEmpty();
  }

  @Test
  void anEndFromThisSideIsReportedOnceWithItsReason() {
    trace();
    var call = fixture.unary("hello");

    call.cancel("enough", null);

    assertThat(tracers.events.stream().filter(e -> e.startsWith("closed")))
        .containsExactly("closed(CANCELLED)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"streamCreated", "outboundMessage", "inboundHeaders", "inboundTrailers"})
  void aTracerThatThrowsGetsOnlyTheEndFromThenOnAndTheCallGoesOn(String event) {
    BrokenTracers broken = new BrokenTracers(event, new NoSuchMethodError(event));
    fixture.options =
        CallOptions.DEFAULT.withStreamTracerFactory(broken).withStreamTracerFactory(tracers);

    fixture.unary("hello");
    fixture.stream().respond("you");

    assertThat(fixture.listener.events).containsExactly("headers", "message(you)", "close(OK)");
    assertThat(broken.events).endsWith(event, "streamClosed");
    assertThat(tracers.events).as("another tracer's").hasSize(14).endsWith("closed(OK)");
  }

  @Test
  void aFactoryThatMakesNoTracerFailsTheCall() {
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      @SuppressWarnings("NullAway") // as user code may
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        return null;
      }
    });

    fixture.unary("hello");

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(fixture.listener.description()).contains("made no tracer");
  }

  @Test
  void aFactoryThatThrowsClosesTheTracersOfOthers() {
    fixture.options = CallOptions.DEFAULT
        .withStreamTracerFactory(tracers)
        .withStreamTracerFactory(new ClientStreamTracer.Factory() {
          @Override
          public ClientStreamTracer newClientStreamTracer(
              ClientStreamTracer.StreamInfo info, Metadata headers) {
            throw new NoSuchMethodError("broken");
          }
        });

    fixture.unary("hello");

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(tracers.events).containsExactly("new", "closed(INTERNAL)");
  }

  @Test
  void aFactoryThatThrowsFailsTheCallAndNotTheCaller() {
    fixture.options = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        throw new IllegalStateException("broken");
      }
    });

    fixture.unary("hello");

    assertThat(fixture.listener.events).containsExactly("close(INTERNAL)");
    assertThat(fixture.callsEnded).isOne();
  }

  @Test
  void aStreamIsCreatedInTheCallsContextWhicheverThreadCompletesThePick() {
    trace();
    Context context = Context.current().withValue(Context.key("user"), "alice");
    context.run(() -> fixture.withoutTransport().unary("hello"));

    fixture.source.complete(fixture.transport);

    assertThat(tracers.contextOfCreated).isSameAs(context);
  }

  @Test
  void aStreamIsCreatedInTheCallsContextWhenCredentialsRespondLate() {
    CallCredentials.MetadataApplier[] applier = new CallCredentials.MetadataApplier[1];
    fixture.options = CallOptions.DEFAULT
        .withStreamTracerFactory(tracers)
        .withCallCredentials(new CallCredentials() {
          @Override
          public void applyRequestMetadata(RequestInfo info, Executor on, MetadataApplier to) {
            applier[0] = to;
          }
        });
    Context context = Context.current().withValue(Context.key("user"), "alice");
    context.run(() -> fixture.unary("hello"));

    applier[0].apply(new Metadata());

    assertThat(tracers.contextOfCreated).isSameAs(context);
  }
}
