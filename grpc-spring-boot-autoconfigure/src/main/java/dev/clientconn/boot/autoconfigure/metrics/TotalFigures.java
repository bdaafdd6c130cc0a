// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import java.util.Map;

/** Computes the values of the series that only grow, and of those that standards define. */
final class TotalFigures {

  private final String grpcTarget;

  private final Output output;

  /** Takes the value of one series. */
  interface Output {
    void put(TransportMeter meter, Figure figure, String... tags);
  }

  private TotalFigures(String grpcTarget, Output output) {
    this.grpcTarget = grpcTarget;
    this.output = output;
  }

  static void put(ClientConnSnapshot snapshot, Output output) {
    TotalFigures figures = new TotalFigures(snapshot.target(), output);
    snapshot
        .waits()
        .forEach((cause, wait) ->
            output.put(TransportMeter.WAIT, new Figure(wait.count(), wait.nanos()), cause.id()));
    figures.putConnects(snapshot.totals());
    figures.putStandard(snapshot);
    figures.putCounters(snapshot.totals().counters());
  }

  private void putConnects(ChannelTotals totals) {
    totals
        .attempts()
        .forEach((outcome, total) -> time(TransportMeter.CONNECTION_ATTEMPTS, total, outcome.id()));
    totals
        .resolutions()
        .forEach((outcome, total) -> time(TransportMeter.RESOLUTION, total, outcome.id()));
    time(TransportMeter.CONNECTION_LIFETIME, totals.lifetimes());
  }

  private void putStandard(ClientConnSnapshot snapshot) {
    ChannelTotals totals = snapshot.totals();
    totals.attempts().forEach((outcome, total) -> {
      if (outcome == ChannelTotals.ConnectOutcome.SUCCESS) {
        count(TransportMeter.ATTEMPTS_SUCCEEDED, total.count(), this.grpcTarget);
      } else if (outcome != ChannelTotals.ConnectOutcome.CANCELLED) {
        count(TransportMeter.ATTEMPTS_FAILED, total.count(), this.grpcTarget);
      }
    });
    totals
        .disconnects()
        .forEach(
            (error, count) -> count(TransportMeter.DISCONNECTIONS, count, this.grpcTarget, error));
    totals
        .tlsHandshakes()
        .forEach((handshake, count) -> count(
            TransportMeter.TLS_HANDSHAKES,
            count,
            this.grpcTarget,
            handshake.result(),
            String.valueOf(handshake.resumed())));
    snapshot.subchannels().stream()
        .flatMap(subchannel -> subchannel.connections().stream())
        .filter(each -> each.state() == TransportSnapshot.State.READY
            || each.state() == TransportSnapshot.State.DRAINING)
        .forEach(each -> count(
            TransportMeter.OPEN_CONNECTIONS,
            1,
            this.grpcTarget,
            each.tls() == null ? "none" : "privacy_and_integrity"));
  }

  private void putCounters(Counters counters) {
    count(TransportMeter.STREAMS_OPENED, counters.streamsOpened());
    count(TransportMeter.STREAMS_REJECTED, counters.streamsRejected());
    codes(TransportMeter.STREAM_RESETS, "sent", counters.resetsSent());
    codes(TransportMeter.STREAM_RESETS, "received", counters.resetsReceived());
    codes(TransportMeter.GOAWAYS, "sent", counters.goAwaysSent());
    codes(TransportMeter.GOAWAYS, "received", counters.goAwaysReceived());
    count(TransportMeter.BYTES, counters.bytesSent(), "sent");
    count(TransportMeter.BYTES, counters.bytesReceived(), "received");
    count(TransportMeter.MESSAGES, counters.messagesSent(), "sent");
    count(TransportMeter.MESSAGES, counters.messagesReceived(), "received");
    time(TransportMeter.PINGS, counters.pings());
    count(TransportMeter.PING_TIMEOUTS, counters.pingTimeouts());
    count(TransportMeter.SETTINGS_CHANGES, counters.settingsChanges());
  }

  private void codes(TransportMeter meter, String direction, Map<String, Long> counts) {
    counts.forEach((code, count) -> count(meter, count, direction, code));
  }

  private void count(TransportMeter meter, long value, String... tags) {
    this.output.put(meter, new Figure(value, 0), tags);
  }

  private void time(TransportMeter meter, TimeTotal total, String... tags) {
    this.output.put(meter, new Figure(total.count(), total.nanos()), tags);
  }
}
