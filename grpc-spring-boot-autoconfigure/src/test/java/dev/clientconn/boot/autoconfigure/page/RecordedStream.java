// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerResponse.SseBuilder;

/** Records what a browser would receive. */
class RecordedStream implements SseBuilder {

  private static final long PATIENCE_SECONDS = 30;

  final BlockingQueue<String> sent = new LinkedBlockingQueue<>();

  final CountDownLatch completed = new CountDownLatch(1);

  @Override
  public void send(Object text) throws IOException {
    this.sent.add((String) text);
  }

  @Override
  public void complete() {
    this.completed.countDown();
  }

  /** Waits for the next snapshot. */
  String next() throws InterruptedException {
    String next = this.sent.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("No snapshot within " + PATIENCE_SECONDS + " s");
    }
    return next;
  }

  boolean hasEnded() throws InterruptedException {
    return this.completed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void send() {}

  @Override
  public SseBuilder id(String id) {
    return this;
  }

  @Override
  public SseBuilder event(String eventName) {
    return this;
  }

  @Override
  public SseBuilder retry(Duration duration) {
    return this;
  }

  @Override
  public SseBuilder comment(String comment) {
    return this;
  }

  @Override
  public void data(Object object) {}

  @Override
  public void error(Throwable throwable) {}

  @Override
  public SseBuilder onTimeout(@Nullable Runnable onTimeout) {
    return this;
  }

  @Override
  public SseBuilder onError(Consumer<Throwable> onError) {
    return this;
  }

  @Override
  public SseBuilder onComplete(Runnable onCompletion) {
    return this;
  }
}
