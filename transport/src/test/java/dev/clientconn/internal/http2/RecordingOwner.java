// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent;
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
  Runnable onClosing = () -> {};
  ClientTransport.@Nullable Listener forwardsTo;
  /** What the observer was notified of. */
  final List<String> observed = new ArrayList<>();

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
  public void onClosing(Status reason) {
    onClosing.run();
    if (forwardsTo != null) {
      forwardsTo.onClosing(reason);
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

  @Override
  public TransportObserver observer() {
    return forwardsTo == null ? new RecordingObserver() : forwardsTo.observer();
  }

  private final class RecordingObserver implements TransportObserver {
    @Override
    public void attemptEnded(long id, ConnectOutcome outcome, long nanos, Object text) {
      observed.add(outcome + " in " + nanos + " ns " + text);
    }

    @Override
    public void handshakeEnded(String result, boolean resumed) {
      observed.add("handshake " + result + (resumed ? " resumed" : ""));
    }

    @Override
    public void disconnected(long id, String error, long nanos, String text) {
      observed.add("<" + error + "> after " + nanos + " ns " + text);
    }

    @Override
    public void event(TransportEvent.Kind kind, long id, Object text) {
      observed.add(kind + " " + text);
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
