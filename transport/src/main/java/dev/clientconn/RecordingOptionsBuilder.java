// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.transport.CallReportListener;
import io.grpc.BinaryLog;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options about what is recorded of calls: reports, binary log, metrics.
 *
 * @param <B> the builder that the methods return
 */
abstract class RecordingOptionsBuilder<B extends ManagedChannelBuilder<B>>
    extends RetryOptionsBuilder<B> {
  private final List<CallReportListener> reportListeners = new ArrayList<>();
  private final List<MetricSink> metricSinks = new ArrayList<>();
  private @Nullable BinaryLog binaryLog;

  RecordingOptionsBuilder(ChannelSecurity security) {
    super(security);
  }

  /**
   * Adds a listener that is notified of each call's end, with where its time went. Without one, and
   * without {@link dev.clientconn.transport.CallReport#LISTENER} in its options, a call measures
   * only the waits that it has.
   *
   * @param listener called on the threads of the calls' listeners, after those that were added
   *     before; one that throws is logged and not called again
   * @return this
   */
  public B callReportListener(CallReportListener listener) {
    reportListeners.add(Objects.requireNonNull(listener, "listener"));
    return self();
  }

  /** Records calls below all interceptors, as they go to the server. {@code null} removes it. */
  @Override
  public B setBinaryLog(@Nullable BinaryLog binaryLog) {
    this.binaryLog = binaryLog;
    return self();
  }

  /**
   * Records the metrics of gRPC's standards. A sink that is added again counts once, as where an
   * application registers it for all channels and for one.
   */
  @SuppressWarnings("ReferenceEquality") // two sinks that are equal have figures of their own
  @Override
  protected B addMetricSink(MetricSink metricSink) {
    Objects.requireNonNull(metricSink, "metricSink");
    if (metricSinks.stream().noneMatch(known -> known == metricSink)) {
      metricSinks.add(metricSink);
    }
    return self();
  }

  /**
   * No effect: there are no channelz traces. See {@link ClientConn#snapshot()}, and the log of
   * {@code dev.clientconn.ClientConn} at level {@code FINEST}.
   *
   * @param maxTraceEvents 0 or more
   * @throws IllegalArgumentException for less than 0
   */
  @Override
  public B maxTraceEvents(int maxTraceEvents) {
    OptionChecks.atLeast(0, maxTraceEvents, "maxTraceEvents", "0 or more");
    return self();
  }

  List<CallReportListener> reportListeners() {
    return List.copyOf(reportListeners);
  }

  List<MetricSink> metricSinks() {
    return List.copyOf(metricSinks);
  }

  @Nullable
  BinaryLog binaryLog() {
    return binaryLog;
  }
}
