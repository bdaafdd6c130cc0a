// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.CallReportListener;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes the reports of a channel's calls to the channel's listeners and to the listeners of single
 * calls. Whatever a listener throws is logged; one of the channel is not called again.
 */
@CrossesThreads
public final class CallReports {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final List<CallReportListener> listeners;
  /** A listener of a call has thrown. Each call has its own, so the next ones are not logged. */
  private volatile boolean logged;

  public CallReports(List<CallReportListener> listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  /** Whether the call is reported. */
  boolean areWanted(CallOptions options) {
    return !listeners.isEmpty() || options.getOption(CallReport.LISTENER) != null;
  }

  /** Reports a call that has ended where it was started. */
  public void reportRefused(MethodDescriptor<?, ?> method, CallOptions options, Status end) {
    if (areWanted(options)) {
      notify(
          CallReport.of(method.getFullMethodName(), end.getCode(), 0, 0, 0, 0),
          options.getOption(CallReport.LISTENER));
    }
  }

  /** Ends the times of a call, and reports them if they are wanted. */
  void report(
      MethodDescriptor<?, ?> method,
      CallOptions options,
      Status end,
      int attempts,
      CallTimeline times) {
    long[] nanos = times.end();
    if (areWanted(options)) {
      notify(
          CallReport.of(method.getFullMethodName(), end.getCode(), attempts, nanos),
          options.getOption(CallReport.LISTENER));
    }
  }

  /**
   * Reports a call that has not waited.
   *
   * @param duration nanoseconds; what is neither of the two parts, it waited for the application
   */
  void report(
      MethodDescriptor<?, ?> method,
      CallOptions options,
      Status end,
      int attempts,
      long duration,
      long turn,
      long server) {
    notify(
        CallReport.of(method.getFullMethodName(), end.getCode(), attempts, duration, turn, server),
        options.getOption(CallReport.LISTENER));
  }

  private void notify(CallReport report, @Nullable CallReportListener own) {
    for (CallReportListener listener : listeners) {
      try {
        listener.callEnded(report);
      } catch (Throwable t) {
        remove(listener, t);
      }
    }
    if (own != null) {
      try {
        own.callEnded(report);
      } catch (Throwable t) {
        LOGGER.log(
            logged ? Level.FINE : Level.WARNING, "The CallReportListener of a call threw", t);
        logged = true;
      }
    }
  }

  private void remove(CallReportListener listener, Throwable thrown) {
    listeners.remove(listener);
    LOGGER.log(Level.WARNING, "A CallReportListener threw; it is called no more", thrown);
  }
}
