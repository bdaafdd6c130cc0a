// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportSnapshot;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Selects from the snapshot of a channel what the page shows of it. */
final class ChannelJson {

  private ChannelJson() {}

  static Map<String, @Nullable Object> of(ClientConnSnapshot snapshot) {
    Map<String, @Nullable Object> channel = new LinkedHashMap<>();
    channel.put("target", snapshot.target());
    channel.put("state", snapshot.state().name());
    channel.put("failure", snapshot.failure());
    channel.put("waitingCalls", snapshot.waitingCalls());
    List<Object> connections = new ArrayList<>();
    long pending = 0;
    for (Subchannel subchannel : snapshot.subchannels()) {
      pending += subchannel.pendingStreams();
      subchannel.connections().forEach(each -> connections.add(connection(each)));
    }
    channel.put("pendingStreams", pending);
    channel.put("connections", connections);
    Map<String, Object> waits = new LinkedHashMap<>();
    snapshot
        .waits()
        .forEach((cause, total) ->
            waits.put(cause.id(), Map.of("count", total.count(), "nanos", total.nanos())));
    channel.put("waits", waits);
    channel.put("events", snapshot.events().stream().map(ChannelJson::event).toList());
    return channel;
  }

  private static Map<String, @Nullable Object> connection(TransportSnapshot snapshot) {
    Map<String, @Nullable Object> connection = new LinkedHashMap<>();
    connection.put("id", snapshot.id());
    connection.put("state", snapshot.state().name());
    connection.put("remote", text(snapshot.remote()));
    connection.put("tls", snapshot.tls() == null ? null : snapshot.tls().protocol());
    connection.put("ageNanos", snapshot.ageNanos());
    connection.put("active", snapshot.streams().active());
    connection.put("limit", orNull(snapshot.streams().max()));
    connection.put("pending", snapshot.streams().pending());
    connection.put("sendWindow", snapshot.window().send());
    connection.put("receiveWindow", snapshot.window().receive());
    connection.put("streamSendWindow", orNull(snapshot.window().smallestStreamSend()));
    connection.put("queuedBytes", snapshot.buffered().queued());
    connection.put("unreadBytes", snapshot.buffered().unread());
    connection.put("roundTripNanos", orNull(snapshot.roundTripNanos()));
    return connection;
  }

  private static Map<String, Object> event(TransportEvent event) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("atMillis", event.time().toEpochMilli());
    shown.put("kind", event.kind().id());
    shown.put("connectionId", event.connectionId());
    shown.put("text", event.text());
    return shown;
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? internet.getHostString() + ":" + internet.getPort()
        : String.valueOf(address);
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
