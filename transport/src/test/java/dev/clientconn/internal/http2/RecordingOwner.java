// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.Attributes;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records the events of a transport and which of them break the contract. */
final class RecordingOwner implements ClientTransport.Listener {

  final List<String> phases = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  Status terminated = Status.OK;
  Status draining = Status.OK;
  Attributes attributes = Attributes.EMPTY;
  Runnable onDraining = () -> {};
  ClientTransport.@Nullable Listener forwardsTo;

  @Override
  public void onReady(Attributes attributes) {
    this.attributes = attributes;
    phase("ready", 0);
    if (forwardsTo != null) {
      forwardsTo.onReady(attributes);
    }
  }

  @Override
  public void onDraining(Status reason) {
    draining = reason;
    phase("draining", 1);
    onDraining.run();
    if (forwardsTo != null) {
      forwardsTo.onDraining(reason);
    }
  }

  @Override
  public void onTerminated(Status reason) {
    terminated = reason;
    phase("terminated", 2);
    if (forwardsTo != null) {
      forwardsTo.onTerminated(reason);
    }
  }

  private void phase(String phase, int rank) {
    for (String before : phases) {
      if (List.of("ready", "draining", "terminated").indexOf(before) >= rank) {
        violations.add(phase + " after " + before);
      }
    }
    phases.add(phase);
  }
}
