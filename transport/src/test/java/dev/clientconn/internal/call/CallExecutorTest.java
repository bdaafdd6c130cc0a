// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CallExecutorTest {
  private final List<String> ran = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void tasksQueuedTogetherRunInOrderInOneTurn() {
    ManualExecutor target = new ManualExecutor();
    CallExecutor executor = executor(target, cause -> {});

    executor.execute(task(() -> ran.add("a")));
    executor.execute(task(() -> ran.add("b")));
    executor.execute(task(() -> ran.add("c")));

    assertThat(target.runAll()).isOne();
    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void theNewestTaskCanBeTakenBackUntilItRuns() {
    ManualExecutor target = new ManualExecutor();
    CallExecutor executor = executor(target, cause -> {});
    CallExecutor.Task only = task(() -> ran.add("only"));
    CallExecutor.Task next = task(() -> ran.add("next"));

    executor.execute(only);
    assertThat(executor.newest()).isSameAs(only);
    assertThat(executor.takeBack(only)).isTrue();
    assertThat(executor.takeBack(only)).isFalse();
    executor.execute(only);
    executor.execute(next);
    assertThat(executor.takeBack(only)).as("another is newer").isFalse();
    assertThat(executor.takeBack(next)).isTrue();

    assertThat(target.runAll()).as("times the executor was scheduled").isOne();
    assertThat(ran).containsExactly("only");
    assertThat(executor.takeBack(only)).isFalse();
    executor.execute(next);
    assertThat(target.runAll()).isOne();
    assertThat(ran).containsExactly("only", "next");
  }

  @Test
  void anExecutorThatFindsAllTakenBackRunsWhatComesLater() {
    ManualExecutor target = new ManualExecutor();
    CallExecutor executor = executor(target, cause -> {});
    CallExecutor.Task late = task(() -> ran.add("late"));

    executor.execute(late);
    executor.takeBack(late);
    target.runAll();
    assertThat(ran).isEmpty();
    executor.execute(late);
    target.runAll();

    assertThat(ran).containsExactly("late");
  }

  @Test
  void aTaskThatWasQueuedByATaskCanBeTakenBack() {
    CallExecutor executor = executor(Runnable::run, cause -> {});
    CallExecutor.Task inner = task(() -> ran.add("inner"));

    executor.execute(task(() -> {
      executor.execute(inner);
      ran.add("taken back: " + executor.takeBack(inner));
    }));
    executor.execute(inner);

    assertThat(ran).containsExactly("taken back: true", "inner");
  }

  @Test
  void aTaskQueuedByATaskRunsAfterIt() {
    CallExecutor executor = executor(Runnable::run, cause -> {});

    executor.execute(task(() -> {
      executor.execute(task(() -> ran.add("inner")));
      ran.add("outer");
    }));

    assertThat(ran).containsExactly("outer", "inner");
  }

  @Test
  void aTaskThatThrowsDoesNotKeepTheNextFromRunning() {
    CallExecutor executor = executor(Runnable::run, cause -> {});

    executor.execute(task(() -> {
      throw new IllegalStateException("broken");
    }));
    executor.execute(task(() -> ran.add("next")));

    assertThat(ran).containsExactly("next");
  }

  @Test
  void aTaskThatThrowsFailsTheCall() {
    NoClassDefFoundError broken = new NoClassDefFoundError("broken");
    CallExecutor executor = executor(Runnable::run, cause -> {});

    executor.execute(task(() -> {
      throw broken;
    }));

    assertThat(failures).containsExactly(broken);
  }

  @Test
  void anExecutorThatRunsTheTasksAndThrowsHasRejectedNothing() {
    CallExecutor executor = executor(
        run -> {
          run.run();
          throw new IllegalStateException("broken");
        },
        cause -> ran.add("rejected"));

    executor.execute(task(() -> ran.add("task")));

    assertThat(ran).containsExactly("task");
  }

  @Test
  void anExecutorThatRunsTheSameWorkTwiceFindsNothingLeft() {
    ManualExecutor target = new ManualExecutor();
    CallExecutor executor = executor(target, cause -> {});

    executor.execute(task(() -> {
      ran.add("outer");
      executor.execute(task(() -> ran.add("inner")));
      // A second thread that runs the work meanwhile claims no task.
      executor.run();
      ran.add("end of outer");
    }));
    executor.run();
    target.runAll();

    assertThat(ran).containsExactly("outer", "end of outer", "inner");
  }

  @Test
  void aRejectedTaskRunsWhereItWasRejectedAfterOnRejected() {
    ManualExecutor target = new ManualExecutor();
    target.rejects = true;
    CallExecutor executor = executor(target, cause -> ran.add("rejected"));

    executor.execute(task(() -> ran.add("task")));

    assertThat(ran).containsExactly("rejected", "task");
  }

  @Test
  void manyThreadsNeverRunTwoTasksAtOnceAndKeepEachThreadsOrder() throws InterruptedException {
    int threads = 4;
    int perThread = 20_000;
    ExecutorService pool = Executors.newFixedThreadPool(3);
    ExecutorService producers = Executors.newFixedThreadPool(threads);
    CallExecutor executor = executor(pool, cause -> {});
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger violations = new AtomicInteger();
    int[] lastSeen = new int[threads];
    CountDownLatch done = new CountDownLatch(threads * perThread);
    for (int t = 0; t < threads; t++) {
      int thread = t;
      producers.execute(() -> {
        for (int i = 1; i <= perThread; i++) {
          int number = i;
          executor.execute(task(() -> {
            if (inside.incrementAndGet() != 1 || lastSeen[thread] != number - 1) {
              violations.incrementAndGet();
            }
            lastSeen[thread] = number;
            inside.decrementAndGet();
            done.countDown();
          }));
        }
      });
    }

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(violations).hasValue(0);
    producers.shutdown();
    pool.shutdown();
  }

  private static final class Work extends CallExecutor.Task {
    final Runnable work;

    Work(Runnable work) {
      this.work = work;
    }
  }

  private static CallExecutor.Task task(Runnable work) {
    return new Work(work);
  }

  private CallExecutor executor(Executor target, Consumer<Throwable> onRejected) {
    return new CallExecutor(target) {
      @Override
      void runTask(Task task) {
        ((Work) task).work.run();
      }

      @Override
      void onRejected(Throwable cause) {
        onRejected.accept(cause);
      }

      @Override
      void onFailed(Throwable cause) {
        failures.add(cause);
      }
    };
  }
}
