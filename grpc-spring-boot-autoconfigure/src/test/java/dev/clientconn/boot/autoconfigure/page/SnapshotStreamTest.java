// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SnapshotStreamTest {

  private final AtomicInteger taken = new AtomicInteger();

  private final SnapshotStream stream =
      new SnapshotStream(() -> "snapshot " + this.taken.incrementAndGet());

  @BeforeEach
  void start() {
    this.stream.start();
  }

  @AfterEach
  void stop() {
    this.stream.stop();
  }

  @Test
  void firstSnapshotComesAtOnceAndOthersFollow() throws InterruptedException {
    RecordedStream viewer = new RecordedStream();
    this.stream.add(viewer);

    assertThat(viewer.next()).isEqualTo("snapshot 1");
    // A snapshot that is taken while the one before is written is skipped.
    assertThat(viewer.next()).startsWith("snapshot ").isNotEqualTo("snapshot 1");
  }

  @Test
  void noSnapshotIsTakenWithoutAViewer() throws InterruptedException {
    RecordedStream viewer = new RecordedStream();
    assertThat(this.taken).hasValue(0);

    this.stream.add(viewer);
    viewer.next();
    assertThat(this.taken).hasPositiveValue();
  }

  @Test
  void viewersShareSnapshots() throws InterruptedException {
    RecordedStream one = new RecordedStream();
    RecordedStream other = new RecordedStream();
    this.stream.add(one);
    this.stream.add(other);

    Set<String> ofOne = new HashSet<>();
    Set<String> ofOther = new HashSet<>();
    // Either may skip a snapshot that the other receives, while the one before is written.
    while (Collections.disjoint(ofOne, ofOther)) {
      ofOne.add(one.next());
      ofOther.add(other.next());
    }
    assertThat(ofOne).containsAnyElementsOf(ofOther);
  }

  @Test
  void viewerThatDoesNotReadDelaysNobody() throws InterruptedException {
    CountDownLatch read = new CountDownLatch(1);
    RecordedStream stuck = new RecordedStream() {
      @Override
      public void send(Object text) throws IOException {
        try {
          read.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        super.send(text);
      }
    };
    RecordedStream viewer = new RecordedStream();
    this.stream.add(stuck);
    this.stream.add(viewer);

    viewer.next();
    viewer.next();
    assertThat(stuck.sent).isEmpty();

    this.stream.stop();
    assertThat(stuck.completed.getCount())
        .as("a response is not ended during a write")
        .isOne();
    read.countDown();
    assertThat(stuck.hasEnded()).isTrue();
  }

  @Test
  void browserThatIsGoneMakesRoom() throws InterruptedException {
    List<RecordedStream> viewers = new ArrayList<>();
    for (int i = 0; i < SnapshotStream.MAX_VIEWERS; i++) {
      RecordedStream viewer = new RecordedStream() {
        @Override
        public void send(Object text) throws IOException {
          super.send(text);
          throw new IOException("Broken pipe");
        }
      };
      viewers.add(viewer);
    }
    viewers.forEach(this.stream::add);

    assertThat(viewers.get(0).hasEnded()).isTrue();
    assertThat(this.stream.hasRoom()).isTrue();
  }

  @Test
  void viewersAreLimited() throws InterruptedException {
    for (int i = 0; i < SnapshotStream.MAX_VIEWERS; i++) {
      this.stream.add(new RecordedStream());
    }
    RecordedStream tooMany = new RecordedStream();

    assertThat(this.stream.hasRoom()).isFalse();
    this.stream.add(tooMany);
    assertThat(tooMany.hasEnded()).isTrue();
  }

  @Test
  void snapshotThatFailsEndsNoStream() throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    SnapshotStream failing = new SnapshotStream(() -> {
      if (attempts.incrementAndGet() == 1) {
        throw new AssertionError("out of order");
      }
      return "snapshot";
    });
    failing.start();
    RecordedStream viewer = new RecordedStream();
    failing.add(viewer);

    assertThat(viewer.next()).isEqualTo("snapshot");
    failing.stop();
  }

  @Test
  void streamsEndWithTheContextAndBeginAnewWithIt() throws InterruptedException {
    RecordedStream viewer = new RecordedStream();
    this.stream.add(viewer);
    viewer.next();

    this.stream.stop();
    assertThat(viewer.hasEnded()).isTrue();
    assertThat(this.stream.hasRoom()).isFalse();

    this.stream.start();
    RecordedStream later = new RecordedStream();
    this.stream.add(later);
    assertThat(later.next()).startsWith("snapshot");
  }

  @Test
  void threadsEndWithTheStream() throws InterruptedException {
    RecordedStream viewer = new RecordedStream();
    this.stream.add(viewer);
    viewer.next();
    List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("grpc-client-page-"))
        .toList();
    assertThat(threads).isNotEmpty();

    this.stream.stop();
    for (Thread thread : threads) {
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void streamEndsAfterItsLastSnapshot() throws InterruptedException {
    RecordedStream response = new RecordedStream();
    Viewer viewer = new Viewer(response, Runnable::run, 2);

    viewer.offer("one");
    assertThat(viewer.hasEnded()).isFalse();
    viewer.offer("two");
    viewer.offer("three");

    assertThat(viewer.hasEnded()).isTrue();
    assertThat(response.hasEnded()).isTrue();
    assertThat(response.sent).containsExactly("one", "two");
  }
}
