// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures putting commands and draining every {@value #TURN} of them, by one thread and by two,
 * and the same with a queue such as other transports use. Figures include a command of 24 bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ControlBufferBenchmark {

  private static final int TURN = 64;

  private final ControlBuffer control =
      new ControlBuffer(new BenchmarkEventLoop(), () -> {}, () -> false);
  private final ConcurrentLinkedQueue<ControlBuffer.Command> queue = new ConcurrentLinkedQueue<>();

  /** A thread that puts commands and, once in a turn, drains them as the event loop does. */
  @State(Scope.Thread)
  public static class Producer {
    private int put;
    private long taken;
    private final Consumer<ControlBuffer.Command> taker;

    public Producer() {
      taker = command -> taken++;
    }

    private boolean endsTurn() {
      return (++put & (TURN - 1)) == 0;
    }
  }

  private static final class Nothing extends ControlBuffer.Command {}

  @Benchmark
  @Threads(1)
  public void byOneThread(Producer producer) {
    putAndDrain(producer);
  }

  @Benchmark
  @Threads(2)
  public void byTwoThreads(Producer producer) {
    putAndDrain(producer);
  }

  @Benchmark
  @Threads(1)
  public void queueByOneThread(Producer producer) {
    offerAndPoll(producer);
  }

  @Benchmark
  @Threads(2)
  public void queueByTwoThreads(Producer producer) {
    offerAndPoll(producer);
  }

  private void putAndDrain(Producer producer) {
    control.put(new Nothing());
    if (producer.endsTurn()) {
      // Only one thread may drain at a time; the lock is taken once in a turn.
      synchronized (control) {
        control.drain(producer.taker);
      }
    }
  }

  private void offerAndPoll(Producer producer) {
    queue.offer(new Nothing());
    if (producer.endsTurn()) {
      ControlBuffer.Command command = queue.poll();
      while (command != null) {
        producer.taker.accept(command);
        command = queue.poll();
      }
    }
  }
}
