// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that each observed call ends its observation once, whatever foreign code does. */
@Timeout(120)
class CallObservationTest {

  private final HealthServer server = HealthServer.start();

  private final Steps steps = new Steps();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private final ObservationRegistry registry = ObservationRegistry.create();

  private final ClientConn channel = ClientConnBuilder.forTarget(
          "static://" + this.server.address())
      .usePlaintext()
      .build();

  CallObservationTest() {
    this.registry
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(this.meters))
        .observationHandler(this.steps);
  }

  @AfterEach
  void stop() {
    this.channel.shutdownNow();
    this.server.close();
  }

  @Test
  void callThatCompletesStopsOnce() {
    check(observed());

    assertThat(this.steps.seen).containsExactly("start", "sent", "received", "stop OK");
    assertThat(this.meters.get("grpc.client").timer().count()).isEqualTo(1);
    assertThat(this.meters.get("grpc.client.active").longTaskTimer().activeTasks())
        .isZero();
  }

  @Test
  void callThatIsNeverStartedHasNoObservation() {
    ClientCall<HealthCheckRequest, HealthCheckResponse> call =
        observed().newCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);
    call.cancel("not needed", null);

    assertThat(this.steps.seen).isEmpty();
  }

  @Test
  void cancelledCallStopsOnce() throws Exception {
    CompletableFuture<Status> closed = new CompletableFuture<>();
    ClientCall<HealthCheckRequest, HealthCheckResponse> call =
        observed().newCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);
    call.start(closing(closed), new Metadata());
    call.sendMessage(HealthCheckRequest.newBuilder().setService("held").build());
    call.halfClose();
    call.cancel("changed my mind", null);
    call.cancel("again", null);

    assertThat(closed.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(this.steps.seen).containsExactly("start", "sent", "stop CANCELLED");
  }

  @Test
  void statusOfACallWhoseStartThrewDoesNotStopItAgain() throws Exception {
    CompletableFuture<Status> closed = new CompletableFuture<>();
    Channel failing = intercept(this.channel, new Throwing(Step.AFTER_START));
    ClientCall<HealthCheckRequest, HealthCheckResponse> call = intercept(failing, interceptor(null))
        .newCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);

    assertThatIllegalStateException().isThrownBy(() -> call.start(closing(closed), new Metadata()));
    call.cancel("the start has failed", null);

    assertThat(closed.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(this.steps.seen).containsExactly("start", "stop null");
  }

  /** The steps of a call at which an interceptor inside of the observation may throw. */
  enum Step {
    NEW_CALL,
    START,
    AFTER_START,
    SEND,
    HALF_CLOSE
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void callWhoseInterceptorThrowsStopsOnce(Step step) {
    Channel failing = intercept(this.channel, new Throwing(step));

    assertThatIllegalStateException()
        .isThrownBy(() -> check(intercept(failing, interceptor(null))))
        .withMessage("thrown by a test");
    assertThat(this.steps.seen.stream().filter(seen -> seen.equals("start")).count())
        .isEqualTo(step == Step.NEW_CALL ? 0 : 1);
    assertThat(this.steps.awaitStops(step == Step.NEW_CALL ? 0 : 1)).isTrue();
    assertThat(this.registry.getCurrentObservation()).isNull();
  }

  @Test
  void conventionThatThrowsAtTheEndLeavesACompleteObservation() {
    check(intercept(
        this.channel,
        interceptor(new ThrowingConvention(context -> context.getStatusCode() != null))));

    assertThat(this.steps.seen).containsExactly("start", "sent", "received", "stop OK");
    assertThat(this.meters.get("fails").tag("rpc.method", "Check").timer().count())
        .isEqualTo(1);
    assertThat(this.meters.get("fails.active").longTaskTimer().activeTasks()).isZero();
  }

  @Test
  void conventionThatAlwaysThrowsGivesWayToThatOfMicrometer() {
    ThrowingConvention convention = new ThrowingConvention(context -> true) {
      @Override
      public String getName() {
        throw new StackOverflowError("thrown by a test");
      }
    };

    check(intercept(this.channel, interceptor(convention)));

    assertThat(this.meters.get("grpc.client").tag("rpc.method", "Check").timer().count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(HandlerStep.class)
  void handlerThatThrowsDoesNotHarmTheCall(HandlerStep step) {
    this.registry.observationConfig().observationHandler(new ThrowingHandler(step));

    check(observed());

    assertThat(this.registry.getCurrentObservationScope()).isNull();
    assertThat(this.steps.seen).startsWith("start");
  }

  @Test
  void predicateThatThrowsLeavesTheCallUnobserved() {
    this.registry.observationConfig().observationPredicate((name, context) -> {
      throw new IllegalStateException("thrown by a test");
    });

    check(observed());

    assertThat(this.steps.seen).isEmpty();
  }

  @Test
  void streamStopsOnceAfterAllItsMessages() {
    var responses = HealthGrpc.newBlockingStub(observed())
        .withDeadlineAfter(1, TimeUnit.MILLISECONDS)
        .watch(HealthCheckRequest.getDefaultInstance());

    assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(responses::next);
    assertThat(this.steps.awaitStops(1)).isTrue();
  }

  @Test
  void observationIsTheCurrentOneInsideOfItOnly() {
    List<String> current = new CopyOnWriteArrayList<>();
    Channel inner = intercept(this.channel, new ClientInterceptor() {
      @Override
      public <Q, S> ClientCall<Q, S> interceptCall(
          MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<S> listener, Metadata headers) {
            Observation observation = CallObservationTest.this.registry.getCurrentObservation();
            current.add(observation == null ? "none" : observation.getContext().getName());
            super.start(listener, headers);
          }
        };
      }
    });

    check(intercept(inner, interceptor(null)));

    assertThat(current).containsExactly("grpc.client");
    assertThat(this.registry.getCurrentObservation()).isNull();
  }

  private Channel observed() {
    return intercept(this.channel, interceptor(null));
  }

  private ClientInterceptor interceptor(@Nullable GrpcClientObservationConvention convention) {
    ObservationOptions options = new ObservationOptions(
        this.registry,
        false,
        CallConvention.MICROMETER,
        new WaitEvents(TimeUnit.HOURS.toNanos(1)),
        new ObservationFailures());
    return new CallObservationInterceptor(options, convention).forTarget("greeter");
  }

  private static Channel intercept(Channel channel, ClientInterceptor interceptor) {
    return ClientInterceptors.intercept(channel, interceptor);
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static ClientCall.Listener<HealthCheckResponse> closing(
      CompletableFuture<Status> closed) {
    return new ClientCall.Listener<>() {
      @Override
      public void onClose(Status status, Metadata trailers) {
        closed.complete(status);
      }
    };
  }

  /** Records what handlers of observations are called with. */
  private static final class Steps implements ObservationHandler<GrpcClientObservationContext> {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private final Semaphore stops = new Semaphore(0);

    @Override
    public void onStart(GrpcClientObservationContext context) {
      this.seen.add("start");
    }

    @Override
    public void onEvent(Observation.Event event, GrpcClientObservationContext context) {
      this.seen.add(event.getContextualName());
    }

    @Override
    public void onStop(GrpcClientObservationContext context) {
      this.seen.add("stop " + context.getStatusCode());
      this.stops.release();
    }

    /** Waits for these stops, and checks that there are no more. */
    boolean awaitStops(int count) {
      try {
        return this.stops.tryAcquire(count, 30, TimeUnit.SECONDS)
            && this.stops.availablePermits() == 0;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context instanceof GrpcClientObservationContext;
    }
  }

  /** Throws at one step of a call. */
  private record Throwing(Step step) implements ClientInterceptor {

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      throwAt(Step.NEW_CALL);
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<S> listener, Metadata headers) {
          throwAt(Step.START);
          super.start(listener, headers);
          throwAt(Step.AFTER_START);
        }

        @Override
        public void sendMessage(Q message) {
          throwAt(Step.SEND);
          super.sendMessage(message);
        }

        @Override
        public void halfClose() {
          throwAt(Step.HALF_CLOSE);
          super.halfClose();
        }
      };
    }

    private void throwAt(Step current) {
      if (this.step == current) {
        throw new IllegalStateException("thrown by a test");
      }
    }
  }

  /** Throws for the keys of some contexts. */
  private static class ThrowingConvention implements GrpcClientObservationConvention {

    private final Predicate<GrpcClientObservationContext> failing;

    ThrowingConvention(Predicate<GrpcClientObservationContext> failing) {
      this.failing = failing;
    }

    @Override
    public String getName() {
      return "fails";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(GrpcClientObservationContext context) {
      if (this.failing.test(context)) {
        throw new IllegalStateException("thrown by a test");
      }
      return KeyValues.empty();
    }
  }

  /** The methods of a handler. */
  enum HandlerStep {
    START,
    EVENT,
    OPEN,
    CLOSE,
    STOP
  }

  /** Throws at one step of an observation. */
  private record ThrowingHandler(HandlerStep step)
      implements ObservationHandler<Observation.Context> {

    @Override
    public void onStart(Observation.Context context) {
      throwAt(HandlerStep.START);
    }

    @Override
    public void onEvent(Observation.Event event, Observation.Context context) {
      throwAt(HandlerStep.EVENT);
    }

    @Override
    public void onScopeOpened(Observation.Context context) {
      throwAt(HandlerStep.OPEN);
    }

    @Override
    public void onScopeClosed(Observation.Context context) {
      throwAt(HandlerStep.CLOSE);
    }

    @Override
    public void onStop(Observation.Context context) {
      throwAt(HandlerStep.STOP);
    }

    private void throwAt(HandlerStep current) {
      if (this.step == current) {
        throw new AssertionError("thrown by a test");
      }
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }
}
