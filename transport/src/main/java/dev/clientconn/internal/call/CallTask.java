// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import org.jspecify.annotations.Nullable;

/** Something to run on a call's executor. Carries its own link in {@link CallExecutor}'s stack: queue it only once. */
abstract class CallTask implements Runnable {
  @Nullable
  CallTask next;

  /** Whether it was queued while another task of its call ran. Set before it is published. */
  boolean behindRunner;
}
