// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

/**
 * Is notified of every call that has ended, with where its time went. Called once for each started
 * call, on the thread that calls the {@code onClose} of the call's listener, just before that, by
 * several threads at the same time: implementations must be thread-safe and fast, and must not
 * block. One that throws does not harm the call; it is logged and not called again.
 *
 * <p>The totals in {@link ClientConnSnapshot#waits} may not have the call yet, nor others that have
 * ended just before it: an event loop adds them together, after the listeners of all of them.
 */
@FunctionalInterface
public interface CallReportListener {

  /**
   * Called when a call has ended, before its listener's {@code onClose}.
   *
   * @param report where the time of the call went
   */
  void callEnded(CallReport report);
}
