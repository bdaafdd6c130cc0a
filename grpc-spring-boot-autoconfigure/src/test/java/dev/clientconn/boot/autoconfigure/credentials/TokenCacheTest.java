// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Drives the cache with requests that a test runs and a clock that it moves. */
class TokenCacheTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ManualThreads threads = new ManualThreads();

  private final Deque<TokenSource> responses = new ArrayDeque<>();

  private final List<String> results = new ArrayList<>();

  private long now;

  private final TokenCache cache = new TokenCache(
      "greeter", () -> this.responses.remove().request(), TIMEOUT, this.threads, () -> this.now);

  @Test
  void callsWaitForOneRequest() {
    respondWith("first");

    call();
    call();
    call();

    assertThat(this.results).isEmpty();
    assertThat(this.threads.requests).hasSize(1);
    this.threads.runRequest();
    assertThat(this.results).containsExactly("first", "first", "first");
  }

  @Test
  void tokenIsUsedUntilShortlyBeforeItExpires() {
    respondWith("first");
    call();
    this.threads.runRequest();

    advance(Duration.ofSeconds(3600 - 61));
    call();
    assertThat(this.threads.requests).isEmpty();

    advance(Duration.ofSeconds(1));
    respondWith("second");
    call();
    this.threads.runRequest();
    assertThat(this.results).containsExactly("first", "first", "second");
  }

  @Test
  void failureEndsTheCallsOfTheNextSecond() {
    this.responses.add(() -> {
      throw new IOException("refused");
    });
    call();
    this.threads.runRequest();
    call();

    assertThat(this.threads.requests).isEmpty();
    assertThat(this.results)
        .containsExactly(
            "UNAVAILABLE: The OAuth2 token of the gRPC target 'greeter' could not be obtained:"
                + " java.io.IOException: refused",
            this.results.get(0));

    advance(Duration.ofSeconds(1));
    respondWith("later");
    call();
    this.threads.runRequest();
    assertThat(this.results).endsWith("later");
  }

  @Test
  void errorEndsTheCalls() {
    this.responses.add(() -> {
      throw new NoClassDefFoundError("absent");
    });
    call();
    this.threads.runRequest();

    assertThat(this.results)
        .singleElement()
        .asString()
        .startsWith("UNAVAILABLE")
        .contains("absent");
  }

  @Test
  void statusOfTheSourceEndsTheCalls() {
    this.responses.add(() -> {
      throw Status.UNAUTHENTICATED.withDescription("no such client").asRuntimeException();
    });
    call();
    this.threads.runRequest();

    assertThat(this.results).containsExactly("UNAUTHENTICATED: no such client");
  }

  @Test
  void missingTokenEndsTheCalls() {
    this.responses.add(TokenCacheTest::nothing);
    call();
    this.threads.runRequest();

    assertThat(this.results).singleElement().asString().startsWith("UNAVAILABLE");
  }

  @Test
  void serverThatDoesNotRespondHoldsOneThreadAndNoCall() {
    respondWith("late");
    call();
    this.threads.runTimer();

    assertThat(this.results)
        .containsExactly("UNAVAILABLE: The OAuth2 token of the gRPC target 'greeter'"
            + " was not received within 10000 ms");

    advance(Duration.ofMinutes(5));
    call();
    assertThat(this.threads.requests).hasSize(1);
    assertThat(this.results).hasSize(2);

    this.threads.runRequest();
    call();
    assertThat(this.results).hasSize(3).endsWith("late");
  }

  @Test
  void timerOfACompletedRequestHasNoEffect() {
    respondWith("first");
    call();
    this.threads.runRequest();
    this.threads.runTimer();
    call();

    assertThat(this.results).containsExactly("first", "first");
  }

  @Test
  void threadThatCannotBeStartedEndsTheCalls() {
    this.threads.rejects = true;

    call();

    assertThat(this.results)
        .singleElement()
        .asString()
        .contains("cannot be requested")
        .contains("full");
  }

  @Test
  void rejectedTokenIsRequestedAgain() {
    respondWith("first");
    call();
    this.threads.runRequest();

    this.cache.drop();
    call();
    assertThat(this.threads.requests).as("a new token is not dropped at once").isEmpty();

    advance(Duration.ofSeconds(1));
    this.cache.drop();
    respondWith("second");
    call();
    this.threads.runRequest();
    assertThat(this.results).containsExactly("first", "first", "second");
  }

  @Test
  void callThatDoesNotTakeItsTokenDoesNotKeepItFromTheOthers() {
    respondWith("first");
    this.cache.token((token, failure) -> {
      throw new IllegalStateException("ended");
    });
    call();
    this.threads.runRequest();

    assertThat(this.results).containsExactly("first");
  }

  @Test
  void textOfATokenIsNoSecret() {
    assertThat(new Token("s3cret", Duration.ofHours(1)).toString()).doesNotContain("s3cret");
  }

  @SuppressWarnings("NullAway")
  private static Token nothing() {
    return null;
  }

  private void call() {
    this.cache.token((token, failure) -> this.results.add(
        token != null ? token : failure.getCode() + ": " + failure.getDescription()));
  }

  private void respondWith(String token) {
    this.responses.add(() -> new Token(token, Duration.ofHours(1)));
  }

  private void advance(Duration time) {
    this.now += time.toNanos();
  }

  private static final class ManualThreads implements TokenCache.Threads {

    private final Deque<Runnable> requests = new ArrayDeque<>();

    private final Deque<Runnable> timers = new ArrayDeque<>();

    private boolean rejects;

    @Override
    public void run(Runnable request) {
      if (this.rejects) {
        throw new IllegalStateException("full");
      }
      this.requests.add(request);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
      assertThat(delay).isEqualTo(TIMEOUT);
      this.timers.add(task);
    }

    void runRequest() {
      this.requests.remove().run();
    }

    void runTimer() {
      this.timers.remove().run();
    }
  }
}
