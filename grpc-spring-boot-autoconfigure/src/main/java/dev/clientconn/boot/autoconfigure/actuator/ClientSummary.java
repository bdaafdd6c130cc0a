// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a channel in the list of all channels.
 *
 * @param target the target string, such as {@code dns:///greeter.example:9090}
 * @param state the connectivity state
 * @param failure why the last attempt to connect failed; {@code null} where a connection is ready
 *     or the channel is idle
 * @param waitingCalls number of calls that wait because no connection is ready
 * @param streams the streams of all connections together
 * @param connections number of connections by state, in lower case
 * @param waits time that calls have waited since the channel was built, by cause
 */
public record ClientSummary(
    String target,
    String state,
    @Nullable String failure,
    int waitingCalls,
    Streams streams,
    Map<String, Integer> connections,
    Map<String, Object> waits) {

  /**
   * Describes streams and the concurrent-stream limit.
   *
   * @param active number of open streams
   * @param limit how many the servers allow on all ready connections together; {@code null} if no
   *     connection is ready, or one has no limit
   * @param pending number of calls that wait for a stream slot
   */
  public record Streams(int active, @Nullable Long limit, int pending) {}

  static ClientSummary of(ClientConnSnapshot snapshot) {
    List<TransportSnapshot> all = snapshot.subchannels().stream()
        .flatMap(subchannel -> subchannel.connections().stream())
        .toList();
    return new ClientSummary(
        snapshot.target(),
        snapshot.state().name(),
        snapshot.failure(),
        snapshot.waitingCalls(),
        streams(snapshot.subchannels(), all),
        byState(all),
        SnapshotTree.map(snapshot.waits()));
  }

  private static Streams streams(List<Subchannel> subchannels, List<TransportSnapshot> all) {
    List<TransportSnapshot> ready = all.stream()
        .filter(each -> each.state() == TransportSnapshot.State.READY)
        .toList();
    boolean limited =
        !ready.isEmpty() && ready.stream().allMatch(each -> each.streams().max().isPresent());
    // Those that wait for any connection of a subchannel, and those that wait for a certain one.
    int pending = subchannels.stream().mapToInt(Subchannel::pendingStreams).sum()
        + all.stream().mapToInt(each -> each.streams().pending()).sum();
    return new Streams(
        all.stream().mapToInt(each -> each.streams().active()).sum(),
        limited
            ? ready.stream().mapToLong(each -> each.streams().max().orElse(0)).sum()
            : null,
        pending);
  }

  private static Map<String, Integer> byState(List<TransportSnapshot> all) {
    Map<String, Integer> count = new LinkedHashMap<>();
    for (TransportSnapshot.State state : TransportSnapshot.State.values()) {
      count.put(state.name().toLowerCase(Locale.ROOT), 0);
    }
    all.forEach(each -> count.merge(each.state().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
    return count;
  }
}
