// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import com.google.common.util.concurrent.ListenableFuture;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Opens channels, makes a call on each, closes all, and prints what is left of them: in a JVM that
 * does nothing else. The arguments are the target and the number of channels.
 */
final class ManyChannels {
  private static final int TIMEOUT_SECONDS = 60;
  private static final int COLLECTIONS = 4;

  private ManyChannels() {}

  public static void main(String[] args) throws Exception {
    int channels = Integer.parseInt(args[1]);
    // What is loaded and pooled once is there after the first round.
    useAndClose(args[0], channels);
    endThreads();
    long heap = liveHeap();
    long sockets = sockets();

    useAndClose(args[0], channels);
    System.out.println("threads=" + endThreads());
    System.out.println("heap=" + (liveHeap() - heap));
    System.out.println("sockets=" + (sockets() - sockets));
    ByteBufAllocator.DEFAULT.directBuffer(16).release();
  }

  private static void useAndClose(String target, int count) throws Exception {
    List<ClientConn> channels = new ArrayList<>();
    List<ListenableFuture<HealthCheckResponse>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ClientConn channel = ClientConnBuilder.forTarget(target).usePlaintext().build();
      channels.add(channel);
      calls.add(HealthGrpc.newFutureStub(channel)
          .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance()));
    }
    for (ListenableFuture<HealthCheckResponse> call : calls) {
      call.get();
    }
    for (int i = 0; i < count; i++) {
      ClientConn channel = channels.get(i);
      ClientConn unused = i % 2 == 0 ? channel.shutdown() : channel.shutdownNow();
    }
    for (ClientConn channel : channels) {
      if (!channel.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(channel + " did not terminate");
      }
    }
  }

  /** Returns how many threads of the channels do not end. */
  private static long endThreads() throws InterruptedException {
    long left = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("clientconn-")) {
        thread.join(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
        left += thread.isAlive() ? 1 : 0;
      }
    }
    return left;
  }

  private static long liveHeap() {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      heap = Math.min(
          heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return heap;
  }

  /** Counts open sockets, and what event loops wait with. */
  private static long sockets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(ManyChannels::isSocket).count();
    }
  }

  private static boolean isSocket(Path file) {
    try {
      String opened = Files.readSymbolicLink(file).toString();
      return opened.startsWith("socket:") || opened.startsWith("anon_inode:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
