// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Drives a channel whose server allows few streams on each connection. */
final class ScalingHarness {
  final ChannelHarness channel = new ChannelHarness();
  final List<String> waits = new ArrayList<>();
  TransportListener listener = new TransportListener() {
    @Override
    public void streamSlotWaited(WaitOutcome outcome, long nanos) {
      waits.add(outcome + " " + Duration.ofNanos(nanos).toMillis() + " ms");
    }
  };

  @Nullable
  Integer maxConnections;

  int maxPending = 100_000;
  Duration pendingTimeout = Duration.ZERO;
  Duration idleTimeout = Duration.ofMinutes(4);

  ScalingHarness maxConnections(int connections) {
    maxConnections = connections;
    return this;
  }

  ScalingHarness policy(String name) {
    channel.policy(name);
    return this;
  }

  /** Makes the first connection ready, with that limit of streams. */
  FakeTransport connect(long limit) {
    channel.scaling(new ScalingOptions(
        maxConnections, maxPending, pendingTimeout.toNanos(), idleTimeout.toNanos(), listener));
    channel.connect();
    channel.resolver.send(1);
    return ready(limit);
  }

  /** Makes the newest connection ready. */
  FakeTransport ready(long limit) {
    FakeTransport newest = channel.connector.last();
    newest.limit(limit);
    newest.ready();
    return newest;
  }

  FakePick call() {
    return channel.call();
  }

  List<FakePick> calls(int count) {
    List<FakePick> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(call());
    }
    return calls;
  }

  int dials() {
    return channel.connector.dials.size();
  }

  FakeTransport dial(int number) {
    return channel.connector.dial(number);
  }

  /** How many calls wait for a slot, by the snapshot. */
  int waiting() {
    return channel.control().subchannels().snapshot().stream()
        .mapToInt(subchannel -> subchannel.pendingStreams())
        .sum();
  }

  void advance(Duration time) {
    channel.clock.advance(time);
  }

  boolean cancel(FakePick pick) {
    return channel.control().transports().cancel(pick);
  }

  /** The resolver sends another maximum, {@code null} for none. */
  void serviceConfig(@Nullable Integer max) {
    if (max == null) {
      channel.resolver.send(1);
    } else {
      channel.resolver.send(config(max), 1);
    }
  }

  static Map<String, ?> config(int max) {
    return Map.of("connectionScaling", Map.of("maxConnectionsPerSubchannel", (double) max));
  }
}
