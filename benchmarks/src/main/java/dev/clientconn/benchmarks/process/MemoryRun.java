// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.caller.CallSource;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.client.ChannelSet;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.report.Result.Memory;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Measures the memory of one client's idle connections or streams: what the process retains with
 * all of them, less what it retains with a few. Its listeners run on the channels' threads.
 */
final class MemoryRun {

  /** Opened before the first reading, so that what is loaded once is not counted. */
  private static final int FIRST = 10;

  private static final long OPEN_LIMIT_SECONDS = 120;
  private static final int COLLECTIONS = 5;
  private static final long PAUSE_MILLIS = 100;

  private final BenchmarkClient client;
  private final ServerLocation server;
  private final Workload workload;
  private final AtomicReference<@Nullable Status> endedEarly = new AtomicReference<>();
  private volatile CountDownLatch unopened = new CountDownLatch(0);
  private volatile boolean closing;

  MemoryRun(BenchmarkClient client, ServerLocation server, Workload workload) {
    this.client = client;
    this.server = server;
    this.workload = workload;
  }

  Memory measure() throws Exception {
    try (ChannelSet channels = new ChannelSet(client, server, workload)) {
      Memory measured = workload.run() == Workload.Run.STREAM_MEMORY
          ? ofStreams(channels)
          : ofConnections(channels);
      closing = true;
      Status ended = endedEarly.get();
      if (ended != null) {
        throw new IllegalStateException(
            "an idle stream ended during the measurement", ended.asRuntimeException());
      }
      return measured;
    }
  }

  private Memory ofConnections(ChannelSet channels) throws InterruptedException {
    connect(channels, FIRST);
    Retained before = Retained.read();
    connect(channels, workload.inFlight());
    return Retained.read().since(before, workload.inFlight());
  }

  private Memory ofStreams(ChannelSet channels) throws InterruptedException {
    Channel channel = connect(channels, 1);
    openStreams(channel, FIRST);
    Retained before = Retained.read();
    openStreams(channel, workload.inFlight());
    return Retained.read().since(before, workload.inFlight());
  }

  /** Opens channels, makes one call on each, and returns the last one. */
  private Channel connect(ChannelSet channels, int count) {
    Channel channel = channels.open();
    call(channel);
    for (int i = 1; i < count; i++) {
      channel = channels.open();
      call(channel);
    }
    return channel;
  }

  private void call(Channel channel) {
    CallSource source = CallSource.of(channel, workload);
    source.check(ClientCalls.blockingUnaryCall(
        channel, source.method(), source.options(), source.request()));
  }

  /** Opens streams on which nothing is sent, and returns when all of them could send. */
  private void openStreams(Channel channel, int count) throws InterruptedException {
    unopened = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      ClientCall<BytesValue, BytesValue> call =
          channel.newCall(EchoMethods.PING_PONG, CallOptions.DEFAULT);
      call.start(new IdleListener(), new Metadata());
      call.request(1);
    }
    if (!unopened.await(OPEN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          unopened.getCount() + " idle streams were not open within " + OPEN_LIMIT_SECONDS + " s");
    }
  }

  /** Has few fields, because it is measured with the stream. */
  private final class IdleListener extends ClientCall.Listener<BytesValue> {

    private boolean opened;

    @Override
    public void onReady() {
      opened();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!closing) {
        endedEarly.compareAndSet(null, status);
        opened();
      }
    }

    private void opened() {
      if (!opened) {
        opened = true;
        unopened.countDown();
      }
    }
  }

  /** Bytes that this process retains: live heap, and memory that Netty has allocated outside it. */
  private record Retained(long heapBytes, long directBytes) {

    /** Collects several times: a collection can free what the previous one made unreachable. */
    static Retained read() throws InterruptedException {
      long heap = Long.MAX_VALUE;
      for (int i = 0; i < COLLECTIONS; i++) {
        System.gc();
        Thread.sleep(PAUSE_MILLIS);
        heap = Math.min(
            heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      }
      return new Retained(heap, direct());
    }

    Memory since(Retained before, int count) {
      return new Memory(
          count,
          (double) (heapBytes - before.heapBytes) / count,
          (double) (directBytes - before.directBytes) / count);
    }

    private static long direct() {
      long nio = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .mapToLong(BufferPoolMXBean::getMemoryUsed)
          .sum();
      return nio + Math.max(0, PlatformDependent.usedDirectMemory());
    }
  }
}
