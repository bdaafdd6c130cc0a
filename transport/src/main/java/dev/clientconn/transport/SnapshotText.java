// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import dev.clientconn.transport.TransportSnapshot.Tls;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots as a few lines of text, for a log. Durations are in milliseconds. The text is
 * for people and may change; programs read {@link SnapshotJson}.
 */
public final class SnapshotText {

  private static final double NANOS_PER_MILLI = 1_000_000;

  private final StringBuilder text = new StringBuilder();

  private SnapshotText() {}

  /**
   * Writes the snapshot of a channel: a line for the channel, one to five for each connection, one
   * for each event.
   *
   * @param snapshot of {@code ClientConn.snapshot()}
   * @return lines, each with a line feed at its end
   */
  public static String of(ClientConnSnapshot snapshot) {
    SnapshotText writer = new SnapshotText();
    writer.channel(snapshot);
    return writer.text.toString();
  }

  /**
   * Writes a list of streams, one in a line.
   *
   * @param streams of {@code ClientConn.streamSnapshots()}
   * @return lines, each with a line feed at its end
   */
  public static String of(List<StreamSnapshot> streams) {
    SnapshotText writer = new SnapshotText();
    streams.forEach(writer::stream);
    return writer.text.toString();
  }

  private void channel(ClientConnSnapshot channel) {
    line("channel " + channel.target() + ": " + channel.state() + ", " + channel.waitingCalls()
        + " calls wait for a connection"
        + (channel.failure() == null ? "" : ", failure: " + channel.failure()));
    channel.subchannels().forEach(this::subchannel);
    ChannelTotals totals = channel.totals();
    totals
        .attempts()
        .forEach((outcome, total) -> line("  attempts to connect, " + outcome.id() + ": "
            + total.count() + ", " + millis(total.nanos())));
    totals
        .disconnects()
        .forEach((reason, count) -> line("  connections that ended, " + reason + ": " + count));
    channel.waits().forEach((cause, total) -> {
      if (total.count() > 0) {
        line("  waited for " + cause.id() + ": " + total.count() + " times, "
            + millis(total.nanos()));
      }
    });
    channel
        .events()
        .forEach(event -> line("  " + event.time() + " " + event.kind().id()
            + (event.connectionId() == 0 ? "" : " connection " + event.connectionId())
            + ": " + event.text()));
  }

  private void subchannel(Subchannel subchannel) {
    line("  subchannel " + subchannel.id() + ": " + subchannel.state() + ", "
        + subchannel.pendingStreams() + " calls wait for a stream slot"
        + after(", the first for ", subchannel.oldestWaitNanos())
        + (subchannel.failure() == null ? "" : ", failure: " + subchannel.failure()));
    subchannel.connections().forEach(this::connection);
  }

  private void connection(TransportSnapshot connection) {
    line("    connection " + connection.id() + ": " + connection.state() + " for "
        + millis(connection.ageNanos()) + " from " + connection.local() + " to "
        + connection.remote() + ", " + tls(connection));
    TransportSnapshot.Streams streams = connection.streams();
    line("      streams: " + streams.active() + " active of " + limit(streams.max()) + ", "
        + streams.pending() + " pending" + after(", the first for ", streams.oldestWaitNanos()));
    TransportSnapshot.Window window = connection.window();
    line("      windows: send " + window.send() + ", receive " + window.receive() + " of "
        + window.receiveTarget() + number(", smallest stream send ", window.smallestStreamSend())
        + number(", receive ", window.smallestStreamReceive()));
    TransportSnapshot.Buffered buffered = connection.buffered();
    line("      bytes: queued " + buffered.queued() + ", outbound " + buffered.outbound()
        + ", unread " + buffered.unread() + after("; round trip ", connection.roundTripNanos())
        + after("; loop lag ", connection.loop().lagNanos()) + "; commands "
        + connection.loop().commands());
    counters(connection.counters(), connection.goAway());
  }

  private void counters(Counters counters, @Nullable GoAway goAway) {
    line("      sent " + counters.messagesSent() + " messages in " + counters.bytesSent()
        + " bytes, received " + counters.messagesReceived() + " in " + counters.bytesReceived()
        + "; resets sent " + counters.resetsSent() + ", received " + counters.resetsReceived()
        + (goAway == null
            ? ""
            : "; GOAWAY " + goAway.code() + " \"" + goAway.debugText() + "\" after stream "
                + goAway.lastStreamId()));
  }

  private void stream(StreamSnapshot stream) {
    WaitCause cause = stream.blockedOn();
    line((stream.connectionId() == 0
            ? "call"
            : "connection " + stream.connectionId() + " stream " + stream.id())
        + " " + stream.method() + ": " + stream.state().id()
        + after(" for ", stream.ageNanos())
        + (cause == null ? "" : ", waits for " + cause.id())
        + number(", send window ", stream.sendWindow())
        + number(", receive window ", stream.receiveWindow())
        + ", queued " + stream.queuedBytes() + ", unread " + stream.unreadBytes());
  }

  private static String tls(TransportSnapshot connection) {
    Tls tls = connection.tls();
    return tls == null
        ? "no TLS"
        : tls.protocol() + " " + tls.cipher()
            + (Boolean.TRUE.equals(tls.resumed()) ? " resumed" : "")
            + (tls.peerCertificateExpiry() == null
                ? ""
                : ", certificate until " + tls.peerCertificateExpiry());
  }

  private static String limit(OptionalLong max) {
    return max.isPresent() ? String.valueOf(max.getAsLong()) : "unlimited";
  }

  private static String number(String label, OptionalLong value) {
    return value.isPresent() ? label + value.getAsLong() : "";
  }

  private static String after(String label, OptionalLong nanos) {
    return nanos.isPresent() ? label + millis(nanos.getAsLong()) : "";
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f ms", nanos / NANOS_PER_MILLI);
  }

  /** Statuses, debug data and names may contain what a server has sent, line ends too. */
  private void line(String line) {
    text.append(line.replaceAll("[\\p{Cntrl}\u2028\u2029]+", " ")).append('\n');
  }
}
