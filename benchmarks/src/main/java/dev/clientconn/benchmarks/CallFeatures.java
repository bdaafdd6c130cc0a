// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What every call carries beside its messages.
 *
 * @param deadline a deadline that never passes
 * @param metadata entries of request metadata
 * @param gzip requests are compressed, and the server's responses
 * @param metrics Micrometer counts and times the calls
 */
record CallFeatures(boolean deadline, int metadata, boolean gzip, boolean metrics) {

  static final CallFeatures NONE = new CallFeatures(false, 0, false, false);

  CallFeatures {
    if (metadata < 0 || metadata > 100) {
      throw new IllegalArgumentException("0 to 100 entries of metadata, not " + metadata);
    }
  }

  /** As the words of a workload, see {@link WorkloadWord}. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (deadline) {
      words.add("deadline");
    }
    if (metadata > 0) {
      words.add("metadata=" + metadata);
    }
    if (gzip) {
      words.add("gzip");
    }
    if (metrics) {
      words.add("metrics");
    }
    return words;
  }
}
