// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs each request for a token on a new daemon thread: requests are rare and may block. */
public final class TokenThreads implements TokenCache.Threads {

  private final String name;

  /**
   * Creates the threads of a target.
   *
   * @param target the name of the target
   */
  public TokenThreads(String target) {
    this.name = "grpc-client-token-" + target;
  }

  @Override
  public void run(Runnable request) {
    Thread thread = new Thread(request, this.name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void schedule(Runnable task, Duration delay) {
    CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS).execute(task);
  }
}
