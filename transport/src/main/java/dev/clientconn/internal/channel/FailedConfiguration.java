// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;

/**
 * Records that the last configuration of a channel was given up because its policy or resolver
 * threw. Its connections cannot be used then by another configuration with the same options.
 */
@CrossesThreads
final class FailedConfiguration {

  private volatile boolean failed;

  void record() {
    failed = true;
  }

  /** Another configuration is being tried. */
  void clear() {
    failed = false;
  }

  boolean isRecorded() {
    return failed;
  }
}
