// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import dev.clientconn.transport.WaitCause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Records in timers what each call of a target has waited for, by cause. The name is that of gRFC
 * A121, whose values of the tag end at the choice of a connection; the other causes extend them.
 */
@CrossesThreads
final class DelayTimers implements CallReportListener {

  static final String NAME = "grpc.client.attempt.delay.duration";

  static final String TYPE = "grpc.delay_type";

  private final Supplier<MeterRegistry> registry;

  private final String target;

  /** Contains one for each cause that has occurred. */
  private final Map<WaitCause, Timer> timers = new ConcurrentHashMap<>();

  /**
   * Creates the timers of a target; none is registered before a call has waited for its cause.
   *
   * @param registry called at the first call: the registry may need beans that need channels
   */
  DelayTimers(Supplier<MeterRegistry> registry, String target) {
    this.registry = registry;
    this.target = target;
  }

  @Override
  public void callEnded(CallReport report) {
    report
        .nanosByCause()
        .forEach((cause, nanos) -> timer(cause).record(nanos, TimeUnit.NANOSECONDS));
  }

  private Timer timer(WaitCause cause) {
    Timer known = this.timers.get(cause);
    return known != null ? known : this.timers.computeIfAbsent(cause, this::register);
  }

  private Timer register(WaitCause cause) {
    return Timer.builder(NAME)
        .description("What calls have waited for, as in gRFC A121")
        .tags("target", this.target, TYPE, cause.id())
        .register(this.registry.get());
  }
}
