// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the token of a target until shortly before it expires, and requests the next one when a
 * call needs it. There is one request at a time, whatever the number of calls: the others wait for
 * its result.
 *
 * <p>A call never waits longer than the timeout of the request. A request that still runs then is
 * given up, but no other one is started beside it: so a server that never responds holds one
 * thread. A failure is the result of all calls of the next second, too.
 */
@CrossesThreads
public final class TokenCache {

  /** The longest part of a token's lifetime that is not used. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** Time in which a failure is not followed by another request. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Log logger = LogFactory.getLog(TokenCache.class);

  /** Runs and times the requests. */
  public interface Threads {

    /**
     * Runs a request on a thread of its own.
     *
     * @param request the request, which may block
     */
    void run(Runnable request);

    /**
     * Runs a short task later.
     *
     * @param task the task
     * @param delay the time until then
     */
    void schedule(Runnable task, Duration delay);
  }

  /** Takes a token, or the reason why there is none. */
  @FunctionalInterface
  interface Receiver {

    void accept(@Nullable String token, Status failure);
  }

  private final String target;

  private final TokenSource source;

  private final Duration timeout;

  private final Threads threads;

  private final LongSupplier nanoTime;

  // Guarded by this object; no foreign code runs under the lock.

  private final List<Receiver> waiting = new ArrayList<>();

  private @Nullable Token token;

  private @Nullable Status failure;

  /** When the token was received, or the failure. */
  private long since;

  private boolean requesting;

  private boolean overdue;

  private long number;

  /**
   * Creates the cache.
   *
   * @param target the name of the target, for messages
   * @param source requests tokens
   * @param timeout the time that a call waits for a token
   * @param threads where requests run
   * @param nanoTime the clock
   */
  public TokenCache(
      String target, TokenSource source, Duration timeout, Threads threads, LongSupplier nanoTime) {
    this.target = target;
    this.source = source;
    this.timeout = timeout;
    this.threads = threads;
    this.nanoTime = nanoTime;
  }

  /**
   * Passes a token, or the reason why there is none, to a receiver: at once, or on the thread of
   * the request.
   *
   * @param receiver is called once
   */
  void token(Receiver receiver) {
    String usable = null;
    Status failed = Status.OK;
    long started = 0;
    synchronized (this) {
      if (this.token != null && isUsable(this.token)) {
        usable = this.token.value();
      } else if (this.failure != null && isRecent()) {
        failed = this.failure;
      } else {
        this.waiting.add(receiver);
        if (this.requesting) {
          return;
        }
        this.requesting = true;
        this.number++;
        started = this.number;
      }
    }
    if (started == 0) {
      receiver.accept(usable, failed);
    } else {
      start(started);
    }
  }

  private boolean isUsable(Token present) {
    long lifetime = present.lifetime().toNanos();
    long margin = Math.min(MARGIN.toNanos(), lifetime / 10);
    return this.nanoTime.getAsLong() - this.since < lifetime - margin;
  }

  /** While a request is overdue, no other one is started, and its failure stays recent. */
  private boolean isRecent() {
    return this.overdue || this.nanoTime.getAsLong() - this.since < PAUSE.toNanos();
  }

  private void start(long request) {
    try {
      this.threads.schedule(() -> expire(request), this.timeout);
      this.threads.run(() -> run(request));
    } catch (Throwable rejected) {
      end(
          request,
          null,
          unavailable(
              "The OAuth2 token of the gRPC target '%s' cannot be requested: %s", rejected));
    }
  }

  private void run(long request) {
    try {
      Token received = Objects.requireNonNull(this.source.request(), "no token");
      end(request, received, null);
    } catch (StatusRuntimeException refused) {
      end(request, null, refused.getStatus());
    } catch (Throwable failed) {
      end(
          request,
          null,
          unavailable(
              "The OAuth2 token of the gRPC target '%s' could not be obtained: %s", failed));
    }
  }

  private Status unavailable(String description, Throwable cause) {
    return Status.UNAVAILABLE
        .withDescription(description.formatted(this.target, cause))
        .withCause(cause);
  }

  /** Ends the wait for a request that takes too long; its thread may be blocked for ever. */
  private void expire(long request) {
    Status failed = Status.UNAVAILABLE.withDescription(
        "The OAuth2 token of the gRPC target '%s' was not received within %d ms"
            .formatted(this.target, this.timeout.toMillis()));
    List<Receiver> receivers;
    synchronized (this) {
      if (!this.requesting || this.number != request) {
        return;
      }
      this.overdue = true;
      this.failure = failed;
      receivers = takeWaiting();
    }
    notifyAll(receivers, null, failed);
  }

  private void end(long request, @Nullable Token received, @Nullable Status failed) {
    List<Receiver> receivers;
    synchronized (this) {
      if (!this.requesting || this.number != request) {
        return;
      }
      this.requesting = false;
      this.overdue = false;
      this.token = received;
      this.failure = failed;
      this.since = this.nanoTime.getAsLong();
      receivers = takeWaiting();
    }
    notifyAll(
        receivers, received == null ? null : received.value(), failed == null ? Status.OK : failed);
  }

  private List<Receiver> takeWaiting() {
    List<Receiver> receivers = List.copyOf(this.waiting);
    this.waiting.clear();
    return receivers;
  }

  private static void notifyAll(List<Receiver> receivers, @Nullable String token, Status failed) {
    for (Receiver receiver : receivers) {
      try {
        receiver.accept(token, failed);
      } catch (Throwable thrown) {
        // A call reports its own failure; the others get the token all the same.
        logger.debug("A call did not take its token", thrown);
      }
    }
  }

  /** Requests another token for the next call, unless this one was received a moment ago. */
  void drop() {
    synchronized (this) {
      if (this.token != null && this.nanoTime.getAsLong() - this.since >= PAUSE.toNanos()) {
        this.token = null;
      }
    }
  }
}
