// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitEventsTest {

  private static final CallReport SLOW = report(
      1,
      Map.of(
          WaitCause.CONNECTING, 10_000_000L,
          WaitCause.STREAM_SLOT, 120_345_600L,
          WaitCause.SERVER, 9_999_999L));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private final ObservationRegistry registry = ObservationRegistry.create();

  private final List<String> events = new ArrayList<>();

  private final List<Observation.Context> stopped = new ArrayList<>();

  WaitEventsTest() {
    this.registry
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(this.meters))
        .observationHandler(new Recorder());
  }

  @Test
  void causesThatTookTheThresholdGetAnEventTheLongestFirst() {
    call(new WaitEvents(TimeUnit.MILLISECONDS.toNanos(10)), SLOW, CallOptions.DEFAULT);

    assertThat(this.events)
        .containsExactly("wait stream_slot 120.346 ms", "wait connecting 10.000 ms");
  }

  @Test
  void thresholdOfZeroShowsEveryCauseThatTookTime() {
    call(
        new WaitEvents(0),
        report(1, Map.of(WaitCause.SERVER, 1_000L, WaitCause.TURN, 0L)),
        CallOptions.DEFAULT);

    assertThat(this.events).containsExactly("wait server 0.001 ms");
  }

  @Test
  void oneCounterCountsTheEventsOfAllCauses() {
    call(new WaitEvents(0), SLOW, CallOptions.DEFAULT);

    assertThat(this.meters.get("grpc.client.wait").counters()).hasSize(1);
    assertThat(this.meters.get("grpc.client.wait").counter().count()).isEqualTo(3);
  }

  @Test
  void attemptsOfARepeatedCallAreAKeyOfTheSpan() {
    call(new WaitEvents(0), report(3, Map.of()), CallOptions.DEFAULT);

    assertThat(this.stopped.get(0).getHighCardinalityKeyValue("attempts"))
        .extracting("value")
        .isEqualTo("3");
  }

  @Test
  void listenerOfTheCallIsNotifiedToo() {
    List<CallReport> reports = new ArrayList<>();

    call(
        new WaitEvents(0), SLOW, CallOptions.DEFAULT.withOption(CallReport.LISTENER, reports::add));

    assertThat(reports).containsExactly(SLOW);
    assertThat(this.events).hasSize(3);
  }

  @Test
  void callIsNotMeasuredWithoutEvents() {
    call(null, SLOW, CallOptions.DEFAULT);

    assertThat(this.events).isEmpty();
  }

  private void call(@Nullable WaitEvents waits, CallReport report, CallOptions options) {
    ObservationOptions observed = new ObservationOptions(
        this.registry, false, CallConvention.MICROMETER, waits, new ObservationFailures());
    ClientCall<HealthCheckRequest, HealthCheckResponse> call = new CallObservationInterceptor(
            observed, null)
        .forTarget("greeter")
        .interceptCall(HealthGrpc.getCheckMethod(), options, new Reporting(report));
    call.start(new ClientCall.Listener<>() {}, new Metadata());
  }

  private static CallReport report(int attempts, Map<WaitCause, Long> nanos) {
    return new CallReport("grpc.health.v1.Health/Check", Status.Code.OK, 1, attempts, nanos);
  }

  private final class Recorder implements ObservationHandler<Observation.Context> {

    @Override
    public void onEvent(Observation.Event event, Observation.Context context) {
      WaitEventsTest.this.events.add(event.getContextualName());
    }

    @Override
    public void onStop(Observation.Context context) {
      WaitEventsTest.this.stopped.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }

  /** Ends each call when it is started, with a report as a channel of this transport makes it. */
  private static final class Reporting extends Channel {

    private final CallReport report;

    Reporting(CallReport report) {
      this.report = report;
    }

    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
      return new ClientCall<>() {
        @Override
        public void start(Listener<S> listener, Metadata headers) {
          CallReportListener reports = options.getOption(CallReport.LISTENER);
          if (reports != null) {
            reports.callEnded(Reporting.this.report);
          }
          listener.onClose(Status.OK, new Metadata());
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "localhost:1";
    }
  }
}
