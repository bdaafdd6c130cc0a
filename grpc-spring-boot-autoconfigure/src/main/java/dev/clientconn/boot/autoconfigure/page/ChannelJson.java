// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the snapshot of a channel into what the page shows of it. */
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
    return channel;
  }

  private static Map<String, @Nullable Object> connection(TransportSnapshot snapshot) {
    Map<String, @Nullable Object> connection = new LinkedHashMap<>();
    connection.put("id", snapshot.id());
    connection.put("state", snapshot.state().name());
    connection.put("remote", String.valueOf(snapshot.remote()));
    connection.put("active", snapshot.streams().active());
    connection.put("limit", orNull(snapshot.streams().max()));
    connection.put("pending", snapshot.streams().pending());
    connection.put("sendWindow", snapshot.window().send());
    connection.put("receiveWindow", snapshot.window().receive());
    connection.put("roundTripNanos", orNull(snapshot.roundTripNanos()));
    return connection;
  }

  private static @Nullable Long orNull(java.util.OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
