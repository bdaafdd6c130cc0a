// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many streams of every kind on one channel, against grpc-java's server: each is accounted for, and
 * nothing is left. As many as {@code soak.streams} says; profile {@code soak} says 100,000.
 */
@Timeout(900)
class SoakTest {

  private static final int STREAMS = Integer.getInteger("soak.streams", 2_000);
  private static final int AT_A_TIME = Math.min(1_000, STREAMS / 20);

  /** Fewer than the calls, so that some wait for one. */
  private static final int SLOTS = AT_A_TIME * 2 / 3;

  private static final int GO_AWAYS = 10;

  /**
   * What the heap may have grown by: pools of buffers and threads, on both sides, that stay at the
   * size of their busiest moment, which the first tenth need not have been. Less than a megabyte
   * was seen; fifty bytes left by each of 100,000 streams would be more.
   */
  private static final long HEAP_MARGIN = 4 << 20;

  private final long seed = Long.getLong("soak.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
  private final Map<SoakCall.Kind, AtomicInteger> ended = new EnumMap<>(SoakCall.Kind.class);
  private final Map<String, AtomicInteger> ends = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(AT_A_TIME);
  private final Set<String> threadsBefore = ownThreads();

  @BeforeEach
  void listenForLeaks() {
    assertThat(ResourceLeakDetector.isEnabled()).isTrue();
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
  }

  @AfterEach
  void listenNoMore() {
    ByteBufUtil.setLeakListener(null);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void everyCallIsAccountedForAndNothingIsLeft(int connections) throws Exception {
    long begin = System.nanoTime();
    for (SoakCall.Kind kind : SoakCall.Kind.values()) {
      ended.put(kind, new AtomicInteger());
    }
    SoakServer server = new SoakServer(SLOTS);
    try {
      ClientConn conn = ClientConnBuilder.forAddress("localhost", server.port())
          .usePlaintext()
          .maxPendingStreams(AT_A_TIME)
          .maxConnectionsPerAddress(connections)
          .build();
      int warmUp = STREAMS / 10;
      run(conn, server, warmUp, warmUp);
      long heapBefore = heap();

      run(conn, server, STREAMS - warmUp, STREAMS / GO_AWAYS);

      long grown = heap() - heapBefore;
      conn.shutdown();
      assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).as("terminated").isTrue();
      report(begin, grown, server.connections());
      assertThat(complaints).as("seed %d", seed).isEmpty();
      assertThat(ended.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(STREAMS);
      // A server may be gone before anybody has connected to it.
      assertThat(server.connections()).as("connections").isGreaterThan(GO_AWAYS / 2);
      assertThat(grown).as("bytes that the heap has grown by").isLessThan(HEAP_MARGIN);
    } finally {
      server.stop();
    }
    probeForLeaks();
    assertThat(leaks).as("buffers that were not released").isEmpty();
    noThreadIsLeft();
  }

  /** Runs so many calls to their end, with a GOAWAY after each {@code goAwayEvery}. */
  private void run(ClientConn conn, SoakServer server, int calls, int goAwayEvery)
      throws Exception {
    for (int i = 1; i <= calls; i++) {
      acquire(1);
      new SoakCall(random, this::ended).start(conn);
      if (i % goAwayEvery == 0) {
        server.goAway();
        conn.resetConnectBackoff();
      }
    }
    acquire(AT_A_TIME);
    places.release(AT_A_TIME);
  }

  private void acquire(int count) throws InterruptedException {
    assertThat(places.tryAcquire(count, 60, TimeUnit.SECONDS))
        .as("calls go on; %d places free, seed %d, %s", places.availablePermits(), seed, ended)
        .isTrue();
  }

  private void ended(SoakCall call, Status status, @Nullable String complaint) {
    if (complaint != null && complaints.size() < 20) {
      complaints.add(call.kind + ": " + complaint);
    }
    AtomicInteger count = ended.get(call.kind);
    if (count != null) {
      count.incrementAndGet();
    }
    ends.computeIfAbsent(call.kind + " " + status.getCode(), k -> new AtomicInteger())
        .incrementAndGet();
    places.release();
  }

  private void report(long begin, long grown, int connections) {
    System.out.printf(
        "soak: %d streams in %.1f s over %d connections, seed %d; heap %+d KiB; %s%n",
        STREAMS,
        (System.nanoTime() - begin) / 1e9,
        connections,
        seed,
        grown / 1024,
        new TreeMap<>(ends));
  }

  private static long heap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      // What the collector found unreachable is cleaned up by threads of its own.
      TimeUnit.MILLISECONDS.sleep(50);
      least = Math.min(
          least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  /** Makes the detector look at what the collector has found. */
  private static void probeForLeaks() {
    System.gc();
    int probes =
        ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID ? 200 : 20_000;
    for (int i = 0; i < probes; i++) {
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
  }

  private static Set<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.isAlive() && t.getName().startsWith("clientconn-"))
        .map(t -> t.getId() + " " + t.getName())
        .collect(Collectors.toSet());
  }

  /**
   * Longer than the minute for which idle threads live while there is a channel: another test may
   * have left one without a shutdown.
   */
  private void noThreadIsLeft() throws InterruptedException {
    List<String> left = List.of();
    for (int i = 0; i < 1_800; i++) {
      left = ownThreads().stream().filter(t -> !threadsBefore.contains(t)).toList();
      if (left.isEmpty()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(left).as("threads").isEmpty();
  }
}
