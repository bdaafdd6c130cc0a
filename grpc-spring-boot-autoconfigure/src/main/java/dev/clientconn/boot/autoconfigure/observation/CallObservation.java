// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Starts and stops the observation of one call, once each. Handlers, filters and conventions belong
 * to the application: what they throw is logged, and does not reach the call.
 *
 * <p>A call that was never started has no observation. A call whose start throws ends its
 * observation at once, and the status that its cancellation may deliver later is ignored.
 */
@CrossesThreads
final class CallObservation implements CallReportListener {

  private static final String HANDLER = "a handler or filter of observations";

  private final Observation observation;

  private final GrpcClientObservationContext context;

  private final ObservationOptions options;

  /** True before the start and after the end. */
  private final AtomicBoolean inactive = new AtomicBoolean(true);

  /** Where the time went; the transport reports it before the end of the call. */
  private volatile @Nullable CallReport report;

  CallObservation(
      Observation observation, GrpcClientObservationContext context, ObservationOptions options) {
    this.observation = observation;
    this.context = context;
    this.options = options;
  }

  void start(Metadata headers) {
    this.context.setCarrier(headers);
    this.inactive.set(false);
    guard(this.observation::start);
  }

  /** Makes the observation the current one of this thread; null if that failed. */
  Observation.@Nullable Scope openScope() {
    ObservationRegistry registry = this.options.registry();
    Observation.Scope previous = registry.getCurrentObservationScope();
    try {
      return this.observation.openScope();
    } catch (Throwable thrown) {
      this.options.failures().log(HANDLER, thrown);
      // The scope is the current one already when a handler throws.
      registry.setCurrentObservationScope(previous);
      return null;
    }
  }

  void closeScope(Observation.@Nullable Scope scope) {
    if (scope == null) {
      return;
    }
    try {
      scope.close();
    } catch (Throwable thrown) {
      this.options.failures().log(HANDLER, thrown);
      this.options.registry().setCurrentObservationScope(scope.getPreviousObservationScope());
    }
  }

  void setHeaders(Metadata headers) {
    // The application may change its headers meanwhile, and a convention reads them at the end.
    Metadata copy = new Metadata();
    copy.merge(headers);
    this.context.setHeaders(copy);
  }

  void event(Observation.Event event) {
    if (this.options.messageEvents() && !this.inactive.get()) {
      guard(() -> this.observation.event(event));
    }
  }

  /** An interceptor inside of the observation may make several calls; the last one is shown. */
  @Override
  public void callEnded(CallReport ended) {
    this.report = ended;
  }

  /** Ends the observation of a call whose start threw. */
  void end(Throwable failure) {
    if (this.inactive.compareAndSet(false, true)) {
      guard(() -> this.observation.error(failure));
      guard(this.observation::stop);
    }
  }

  /** Ends the observation with the status of the call. */
  void end(Status status, Metadata trailers) {
    if (this.inactive.compareAndSet(false, true)) {
      this.context.setStatusCode(status.getCode());
      this.context.setTrailers(trailers);
      Throwable error = this.options.errorOf(status);
      if (error != null) {
        guard(() -> this.observation.error(error));
      }
      addWaits();
      guard(this.observation::stop);
    }
  }

  private void addWaits() {
    CallReport ended = this.report;
    WaitEvents waits = this.options.waits();
    if (ended == null || waits == null) {
      return;
    }
    waits.of(ended).forEach(event -> guard(() -> this.observation.event(event)));
    if (ended.attempts() > 1) {
      this.context.addHighCardinalityKeyValue(
          KeyValue.of("attempts", Integer.toString(ended.attempts())));
    }
  }

  private void guard(Runnable step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      this.options.failures().log(HANDLER, thrown);
    }
  }
}
