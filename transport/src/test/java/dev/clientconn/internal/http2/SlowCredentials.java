// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Supplies no metadata before the test says so. */
final class SlowCredentials extends CallCredentials {
  final List<MetadataApplier> waiting = new ArrayList<>();

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    waiting.add(applier);
  }

  void answer() {
    List<MetadataApplier> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(applier -> applier.apply(new Metadata()));
  }
}
