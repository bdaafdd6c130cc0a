// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.ChannelTotals.TlsHandshake;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportEvent.Kind;
import dev.clientconn.transport.TransportSnapshot.Counters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what happens to a channel, and retains its last events. Lives as long as the {@code
 * ClientConn}, through restarts and other configurations, so that its totals never decrease.
 *
 * <p>A connection's counters are read while it lives, and added to those of ended connections when
 * it ends: both under one lock, or a snapshot in between would count them twice or not at all. The
 * maps are copied for each change, as changes are rare and most maps have one entry.
 *
 * <p>What happens to the connections of a channel that a load-balancing policy has opened is also
 * recorded for the channel of the policy, whose snapshot has these connections, too.
 */
@CrossesThreads
public final class ChannelRecorder implements TransportObserver {

  private final EventLog log = new EventLog();
  private final ChannelWaits waits = new ChannelWaits();
  private List<ClientTransport> connections = List.of();
  private Counters ended = Counters.NONE;
  private Map<ConnectOutcome, TimeTotal> attempts = Map.of();
  private Map<TlsHandshake, Long> handshakes = Map.of();
  private TimeTotal lifetimes = TimeTotal.NONE;
  private Map<String, Long> disconnects = Map.of();
  private Map<ResolutionOutcome, TimeTotal> resolutions = Map.of();
  private long rejected;
  /** Of the channel whose policy has opened this one. Set before there is a connection. */
  private volatile @Nullable ChannelRecorder parent;

  /** Records for another channel, too, what happens to connections from now on. */
  void recordFor(ChannelRecorder parentChannel) {
    parent = parentChannel;
  }

  /** A connection is dialled. */
  void addConnection(ClientTransport connection) {
    // Of this channel alone: what a policy's calls wait for is a wait of the calls behind them.
    waits.addConnection(connection.waits());
    for (ChannelRecorder each = this; each != null; each = each.parent) {
      each.addToCounters(connection);
    }
  }

  private synchronized void addToCounters(ClientTransport connection) {
    List<ClientTransport> more = new ArrayList<>(connections);
    more.add(connection);
    connections = List.copyOf(more);
  }

  /** A connection has ended, and counts nothing any more. */
  void removeConnection(ClientTransport connection) {
    waits.removeConnection(connection.waits());
    for (ChannelRecorder each = this; each != null; each = each.parent) {
      each.removeFromCounters(connection);
    }
  }

  private synchronized void removeFromCounters(ClientTransport connection) {
    List<ClientTransport> fewer = new ArrayList<>(connections);
    if (fewer.remove(connection)) {
      connections = List.copyOf(fewer);
      ended = ended.plus(connection.counters());
    }
  }

  @Override
  public void attemptEnded(long connection, ConnectOutcome outcome, long nanos, Object detail) {
    synchronized (this) {
      attempts = plus(attempts, outcome, nanos);
    }
    boolean success = outcome == ConnectOutcome.SUCCESS;
    log.add(success ? Kind.CONNECTED : Kind.CONNECT_FAILED, connection, detail);
    parent().attemptEnded(connection, outcome, nanos, detail);
  }

  @Override
  public void handshakeEnded(String result, boolean resumed) {
    synchronized (this) {
      handshakes = plusOne(handshakes, new TlsHandshake(result, resumed));
    }
    parent().handshakeEnded(result, resumed);
  }

  @Override
  public void disconnected(long connection, String error, long nanos, String text) {
    synchronized (this) {
      lifetimes = lifetimes.plus(new TimeTotal(1, nanos));
      disconnects = plusOne(disconnects, error);
    }
    log.add(Kind.DISCONNECTED, connection, text);
    parent().disconnected(connection, error, nanos, text);
  }

  /** A name look-up has ended. */
  synchronized void resolved(ResolutionOutcome outcome, long nanos) {
    resolutions = plus(resolutions, outcome, nanos);
  }

  /** A call has failed because too many waited for a stream slot of their address. */
  synchronized void rejected() {
    rejected++;
  }

  @Override
  public void event(Kind kind, long connection, Object detail) {
    log.add(kind, connection, detail);
    if (connection != 0) {
      // The others concern the state and the name of this channel.
      parent().event(kind, connection, detail);
    }
  }

  private TransportObserver parent() {
    ChannelRecorder known = parent;
    return known == null ? NONE : known;
  }

  /** What all calls wait for. */
  public ChannelWaits waits() {
    return waits;
  }

  /** The last events, the oldest first. */
  public List<TransportEvent> events() {
    return log.events();
  }

  public synchronized ChannelTotals totals() {
    Counters counters = ended.plus(rejectedInSubchannels());
    for (ClientTransport connection : connections) {
      counters = counters.plus(connection.counters());
    }
    return new ChannelTotals(attempts, handshakes, lifetimes, disconnects, resolutions, counters);
  }

  private Counters rejectedInSubchannels() {
    Counters none = Counters.NONE;
    return new Counters(
        0,
        rejected,
        none.resetsSent(),
        none.resetsReceived(),
        none.goAwaysSent(),
        none.goAwaysReceived(),
        0,
        0,
        0,
        0,
        none.pings(),
        0,
        0);
  }

  private static <K> Map<K, TimeTotal> plus(Map<K, TimeTotal> totals, K key, long nanos) {
    Map<K, TimeTotal> changed = new HashMap<>(totals);
    changed.merge(key, new TimeTotal(1, nanos), TimeTotal::plus);
    return Map.copyOf(changed);
  }

  private static <K> Map<K, Long> plusOne(Map<K, Long> counts, K key) {
    Map<K, Long> changed = new HashMap<>(counts);
    changed.merge(key, 1L, Long::sum);
    return Map.copyOf(changed);
  }
}
