// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallbackMetricInstrument;
import io.grpc.LongGaugeMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricRecorder.BatchCallback;
import io.grpc.MetricRecorder.BatchRecorder;
import io.grpc.MetricRecorder.Registration;
import io.grpc.MetricSink;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Calls one metric sink. If it throws, this is logged and it gets nothing more: the exception would
 * break the policy, or the connection. Its callbacks end with it, so that what they refer to, such
 * as a policy, is not retained.
 */
@CrossesThreads
final class GuardedSink {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final MetricSink sink;
  private final AtomicBoolean thrown = new AtomicBoolean();
  private final Set<Callback> callbacks = ConcurrentHashMap.newKeySet();

  GuardedSink(MetricSink sink) {
    this.sink = sink;
  }

  boolean hasThrown() {
    return thrown.get();
  }

  /** Gives the sink a value, unless it has thrown. */
  void record(MetricInstrument instrument, Consumer<MetricSink> value) {
    if (!hasThrown()) {
      guard(() -> {
        announce(instrument);
        value.accept(sink);
      });
    }
  }

  /** Has the sink call {@code callback} until the registration is closed or the sink throws. */
  Registration register(BatchCallback callback, CallbackMetricInstrument... instruments) {
    Callback added = new Callback(callback, List.of(instruments));
    callbacks.add(added);
    if (!hasThrown()) {
      guard(() -> {
        for (CallbackMetricInstrument instrument : instruments) {
          announce(instrument);
        }
        added.registered(sink.registerBatchCallback(added, instruments));
      });
    }
    if (hasThrown()) {
      // Another thread may have ended the callbacks before this one was among them.
      added.close();
    }
    return added;
  }

  /** Gives the sink the instruments that were registered after it was made. */
  private void announce(MetricInstrument instrument) {
    if (sink.getMeasuresSize() <= instrument.getIndex()) {
      sink.updateMeasures(MetricInstrumentRegistry.getDefaultRegistry().getMetricInstruments());
    }
  }

  private void guard(Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      if (thrown.compareAndSet(false, true)) {
        LOGGER.log(
            Level.WARNING, "A metric sink threw and gets nothing more: " + sink.getClass(), t);
        callbacks.forEach(Callback::close);
      }
    }
  }

  /**
   * Runs a callback for the sink. A sink that has thrown while it registered this may call it for
   * ever: nothing can remove it, so it refers to nothing once it is closed.
   */
  private final class Callback implements Runnable, BatchRecorder, Registration {
    private final List<CallbackMetricInstrument> instruments;
    private volatile @Nullable BatchCallback callback;
    private @Nullable Registration registration;
    private boolean logged;

    Callback(BatchCallback callback, List<CallbackMetricInstrument> instruments) {
      this.callback = callback;
      this.instruments = instruments;
    }

    /** The sink has registered this, perhaps after another thread has closed it. */
    void registered(@Nullable Registration made) {
      boolean closed;
      synchronized (this) {
        closed = callback == null;
        registration = closed ? null : made;
      }
      if (closed && made != null) {
        made.close();
      }
    }

    @Override
    public void run() {
      BatchCallback known = callback;
      if (known == null) {
        return;
      }
      try {
        known.accept(this);
      } catch (Throwable t) {
        // Not the sink's mistake: the next call may succeed, and the sink's other figures go on.
        if (isFirstFailure()) {
          LOGGER.log(Level.WARNING, "A callback for metrics threw: " + known.getClass(), t);
        }
      }
    }

    private synchronized boolean isFirstFailure() {
      boolean first = !logged;
      logged = true;
      return first;
    }

    @Override
    public void recordLongGauge(
        LongGaugeMetricInstrument instrument,
        long value,
        List<String> required,
        List<String> optional) {
      BatchRecorder.super.recordLongGauge(instrument, value, required, optional);
      if (!instruments.contains(instrument)) {
        throw new IllegalArgumentException(
            "the callback was not registered for the instrument " + instrument.getName());
      }
      if (callback != null) {
        record(instrument, to -> to.recordLongGauge(instrument, value, required, optional));
      }
    }

    @Override
    public void close() {
      Registration made;
      synchronized (this) {
        made = registration;
        registration = null;
        callback = null;
      }
      callbacks.remove(this);
      if (made != null) {
        guard(made::close);
      }
    }
  }
}
