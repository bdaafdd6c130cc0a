// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.testing.ManualLoop;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControlBufferTest {

  private static final int PRODUCERS = 4;
  private static final int EACH = 50_000;

  private static final class Numbered extends Command {
    private final int producer;
    private final int number;

    Numbered(int producer, int number) {
      this.producer = producer;
      this.number = number;
    }
  }

  /** Counts turns and notes what they drain. Used by its loop only, and read when that is done. */
  private static final class Consumer {
    private final List<Numbered> taken = new ArrayList<>();
    private final CountDownLatch all;
    private final ControlBuffer control;
    private int turns;
    private boolean inTurn;

    Consumer(EventLoop loop, int expected) {
      all = new CountDownLatch(expected);
      control = new ControlBuffer(loop, this::turn, () -> inTurn);
    }

    private void turn() {
      turns++;
      inTurn = true;
      boolean more = true;
      while (more) {
        more = control.drain(this::take);
      }
      inTurn = false;
    }

    private void take(Command command) {
      taken.add((Numbered) command);
      all.countDown();
    }

    List<Integer> numbers() {
      return taken.stream().map(c -> c.number).toList();
    }
  }

  @Conforms("T090")
  @Test
  void manyThreadsLoseNothingAndKeepTheirOrder() throws InterruptedException {
    DefaultEventLoop loop = new DefaultEventLoop();
    Consumer consumer = new Consumer(loop, PRODUCERS * EACH);
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      int producer = p;
      threads.add(new Thread(() -> {
        for (int i = 0; i < EACH; i++) {
          consumer.control.put(new Numbered(producer, i));
        }
      }));
    }

    threads.forEach(Thread::start);
    boolean complete = consumer.all.await(60, TimeUnit.SECONDS);
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();

    assertThat(complete).isTrue();
    assertThat(consumer.taken).hasSize(PRODUCERS * EACH);
    int[] next = new int[PRODUCERS];
    assertThat(consumer.taken).allMatch(c -> c.number == next[c.producer]++);
    assertThat(consumer.turns).isLessThanOrEqualTo(PRODUCERS * EACH);
  }

  @Conforms("T111")
  @Test
  void theLoopIsWokenOnceForAllThatWaits() {
    ManualLoop loop = new ManualLoop();
    Consumer consumer = new Consumer(loop, 0);

    for (int i = 0; i < 100; i++) {
      consumer.control.put(new Numbered(0, i));
    }
    assertThat(consumer.control.isWaiting()).isTrue();
    loop.run();

    assertThat(consumer.turns).isEqualTo(1);
    assertThat(consumer.numbers()).hasSize(100).isSorted();
    assertThat(consumer.control.isWaiting()).isFalse();
  }

  @Test
  void aCommandOfATurnIsTakenByThatTurn() {
    ManualLoop loop = new ManualLoop();
    Consumer consumer = new Consumer(loop, 0);
    consumer.inTurn = true;

    consumer.control.put(new Numbered(0, 1));
    assertThat(loop.isQuiet()).isTrue();
    consumer.turn();

    assertThat(consumer.numbers()).containsExactly(1);
    assertThat(loop.isQuiet()).isTrue();
  }

  @Test
  void aCommandBetweenTurnsWakesTheLoop() {
    ManualLoop loop = new ManualLoop();
    Consumer consumer = new Consumer(loop, 0);
    consumer.control.put(new Numbered(0, 1));
    loop.run();

    consumer.control.put(new Numbered(0, 2));
    assertThat(loop.isQuiet()).isFalse();
    loop.run();

    assertThat(consumer.numbers()).containsExactly(1, 2);
  }

  @Test
  void aLoopThatHasEndedTakesNothingAndThrowsNothing() throws InterruptedException {
    DefaultEventLoop loop = new DefaultEventLoop();
    Consumer consumer = new Consumer(loop, 0);
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();

    consumer.control.put(new Numbered(0, 1));

    assertThat(consumer.control.isWaiting()).isFalse();
  }
}
