// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Weighs idle connections or streams of one client: live heap with them less live heap with a few of them. */
@CrossesThreads
final class MemoryRun {

  /** Open before the first weighing, so that what the first of a kind costs is no part of the weight. */
  private static final int FIRST = 10;

  private final ChannelFactory factory;
  private final ServerLocation server;
  private final Workload workload;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  MemoryRun(ChannelFactory factory, ServerLocation server, Workload workload) {
    this.factory = factory;
    this.server = server;
    this.workload = workload;
  }

  MemoryMeasurement measure() throws Exception {
    try (ChannelSet set = new ChannelSet(factory, server, workload)) {
      MemoryMeasurement measured =
          workload.run() == RunKind.STREAM_MEMORY ? streams(set) : connections(set);
      Throwable ended = failure.get();
      if (ended != null) {
        throw new IllegalStateException("an idle stream ended while it was weighed", ended);
      }
      return measured;
    }
  }

  private MemoryMeasurement connections(ChannelSet set) throws Exception {
    connect(set, FIRST);
    MemoryReading before = MemoryReading.take();
    connect(set, workload.inFlight());
    return MemoryReading.take().since(before, workload.inFlight());
  }

  private MemoryMeasurement streams(ChannelSet set) throws Exception {
    List<Channel> channel = connect(set, 1);
    List<IdleStreams> idle = new ArrayList<>();
    idle.add(IdleStreams.open(channel, FIRST, this::failed));
    MemoryReading before = MemoryReading.take();
    idle.add(IdleStreams.open(channel, workload.inFlight(), this::failed));
    MemoryReading after = MemoryReading.take();
    idle.forEach(IdleStreams::closing);
    return after.since(before, workload.inFlight());
  }

  private void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  /** Channels that have made a call each. */
  private List<Channel> connect(ChannelSet set, int channels) throws Exception {
    List<Channel> opened = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      Channel channel = set.open();
      opened.add(channel);
      CallSource source = CallSource.of(channel, workload);
      source
          .check()
          .message(ClientCalls.blockingUnaryCall(
              channel, source.method(), source.options(), source.request()));
    }
    return opened;
  }
}
