// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import dev.clientconn.transport.TransportSnapshot.Settings;
import dev.clientconn.transport.TransportSnapshot.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots as JSON, in one line. Members have the names of the records' components; what is
 * {@code null} or empty has no member. Durations are nanoseconds, times are of ISO 8601, states are
 * the names of their constants, and the constants of other enums are written by their {@code id}.
 */
public final class SnapshotJson {

  private final JsonWriter json = new JsonWriter();

  private SnapshotJson() {}

  /**
   * Writes the snapshot of a channel.
   *
   * @param snapshot of {@code ClientConn.snapshot()}
   * @return a JSON object
   */
  public static String of(ClientConnSnapshot snapshot) {
    SnapshotJson writer = new SnapshotJson();
    writer.channel(snapshot);
    return writer.json.json();
  }

  /**
   * Writes a list of streams.
   *
   * @param streams of {@code ClientConn.streamSnapshots()}
   * @return a JSON array
   */
  public static String of(List<StreamSnapshot> streams) {
    SnapshotJson writer = new SnapshotJson();
    writer.json.array(streams, writer::stream);
    return writer.json.json();
  }

  private void channel(ClientConnSnapshot channel) {
    json.object(() -> {
      json.member("target", channel.target())
          .member("state", channel.state().name())
          .member("waitingCalls", channel.waitingCalls());
      json.name("subchannels").array(channel.subchannels(), this::subchannel);
      json.member("failure", channel.failure());
      json.name("waits")
          .object(() -> channel
              .waits()
              .forEach((cause, total) -> json.name(cause.id())
                  .object(
                      () -> json.member("count", total.count()).member("nanos", total.nanos()))));
      json.name("totals").object(() -> totals(channel.totals()));
      json.name("events").array(channel.events(), this::event);
    });
  }

  private void subchannel(Subchannel subchannel) {
    json.object(() -> {
      json.member("id", subchannel.id()).member("state", subchannel.state().name());
      json.name("connections").array(subchannel.connections(), this::connection);
      json.member("pendingStreams", subchannel.pendingStreams())
          .member("oldestWaitNanos", subchannel.oldestWaitNanos())
          .member("failure", subchannel.failure());
    });
  }

  private void connection(TransportSnapshot connection) {
    json.object(() -> {
      json.member("id", connection.id())
          .member("state", connection.state().name())
          .member("remote", connection.remote().toString())
          .member(
              "local", connection.local() == null ? null : connection.local().toString());
      tls(connection.tls());
      json.member("ageNanos", connection.ageNanos());
      settings("localSettings", connection.localSettings());
      settings("peerSettings", connection.peerSettings());
      quotas(connection);
      json.member("roundTripNanos", connection.roundTripNanos());
      json.name("counters").object(() -> counters(connection.counters()));
      goAway(connection.goAway());
      json.name("loop")
          .object(() -> json.member("commands", connection.loop().commands())
              .member("lagNanos", connection.loop().lagNanos()));
    });
  }

  private void quotas(TransportSnapshot connection) {
    json.name("streams")
        .object(() -> json.member("active", connection.streams().active())
            .member("max", connection.streams().max())
            .member("pending", connection.streams().pending())
            .member("oldestWaitNanos", connection.streams().oldestWaitNanos()));
    json.name("window")
        .object(() -> json.member("send", connection.window().send())
            .member("receive", connection.window().receive())
            .member("smallestStreamSend", connection.window().smallestStreamSend())
            .member("smallestStreamReceive", connection.window().smallestStreamReceive())
            .member("receiveTarget", connection.window().receiveTarget()));
    json.name("buffered")
        .object(() -> json.member("queued", connection.buffered().queued())
            .member("outbound", connection.buffered().outbound())
            .member("unread", connection.buffered().unread()));
  }

  private void tls(@Nullable Tls tls) {
    if (tls != null) {
      json.name("tls").object(() -> {
        json.member("protocol", tls.protocol()).member("cipher", tls.cipher());
        if (tls.peerCertificateExpiry() != null) {
          json.member("peerCertificateExpiry", tls.peerCertificateExpiry().toString());
        }
        if (tls.resumed() != null) {
          json.member("resumed", (boolean) tls.resumed());
        }
      });
    }
  }

  private void settings(String name, @Nullable Settings settings) {
    if (settings != null) {
      json.name(name)
          .object(() -> json.member("headerTableSize", settings.headerTableSize())
              .member("maxConcurrentStreams", settings.maxConcurrentStreams())
              .member("initialWindow", settings.initialWindow())
              .member("maxFrameSize", settings.maxFrameSize())
              .member("maxHeaderList", settings.maxHeaderList()));
    }
  }

  private void goAway(@Nullable GoAway goAway) {
    if (goAway != null) {
      json.name("goAway")
          .object(() -> json.member("code", goAway.code())
              .member("debugText", goAway.debugText())
              .member("lastStreamId", goAway.lastStreamId()));
    }
  }

  private void counters(Counters counters) {
    json.member("streamsOpened", counters.streamsOpened())
        .member("streamsRejected", counters.streamsRejected())
        .member("resetsSent", counters.resetsSent())
        .member("resetsReceived", counters.resetsReceived())
        .member("goAwaysSent", counters.goAwaysSent())
        .member("goAwaysReceived", counters.goAwaysReceived())
        .member("bytesSent", counters.bytesSent())
        .member("bytesReceived", counters.bytesReceived())
        .member("messagesSent", counters.messagesSent())
        .member("messagesReceived", counters.messagesReceived())
        .member("pings", counters.pings())
        .member("pingTimeouts", counters.pingTimeouts())
        .member("settingsChanges", counters.settingsChanges());
  }

  private void totals(ChannelTotals totals) {
    json.name("attempts")
        .object(
            () -> totals.attempts().forEach((outcome, total) -> json.member(outcome.id(), total)));
    json.name("tlsHandshakes")
        .array(
            totals.tlsHandshakes().entrySet(),
            entry -> json.object(() -> json.member("result", entry.getKey().result())
                .member("resumed", entry.getKey().resumed())
                .member("count", (long) entry.getValue())));
    json.member("lifetimes", totals.lifetimes()).member("disconnects", totals.disconnects());
    json.name("resolutions")
        .object(() ->
            totals.resolutions().forEach((outcome, total) -> json.member(outcome.id(), total)));
    json.name("counters").object(() -> counters(totals.counters()));
  }

  private void event(TransportEvent event) {
    json.object(() -> json.member("time", event.time().toString())
        .member("kind", event.kind().id())
        .member("connectionId", event.connectionId())
        .member("text", event.text()));
  }

  private void stream(StreamSnapshot stream) {
    WaitCause cause = stream.blockedOn();
    json.object(() -> json.member("connectionId", stream.connectionId())
        .member("id", stream.id())
        .member("method", stream.method())
        .member("ageNanos", stream.ageNanos())
        .member("state", stream.state().id())
        .member("sendWindow", stream.sendWindow())
        .member("receiveWindow", stream.receiveWindow())
        .member("queuedBytes", stream.queuedBytes())
        .member("unreadBytes", stream.unreadBytes())
        .member("blockedOn", cause == null ? null : cause.id()));
  }
}
