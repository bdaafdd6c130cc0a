// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.WaitCause;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs calls on real threads: caller, control plane, event loop, executor and a canceller. */
class CallRacesTest {
  private static final int CALLS = 4_000;

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final ExecutorService controlPlane = Executors.newSingleThreadExecutor();
  private final ExecutorService canceller = Executors.newSingleThreadExecutor();
  private final ExecutorService callbacks = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final RetryBufferLimit buffered = new RetryBufferLimit(RetryBufferLimit.Limits.DEFAULT);
  private MethodConfig config = MethodConfig.NONE;
  private CallOptions options = CallOptions.DEFAULT;
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final RecordingReports reports = new RecordingReports();
  private final ChannelWaits waits = new ChannelWaits();
  private final AtomicInteger closedTwice = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(CALLS);

  @AfterEach
  void stop() {
    for (ExecutorService each :
        new ExecutorService[] {loop, controlPlane, canceller, callbacks, timers}) {
      each.shutdownNow();
    }
  }

  @Conforms("T153")
  @Test
  void everyUnaryCallEndsExactlyOnceHoweverCancelsRace() throws InterruptedException {
    run(TextMethods.UNARY);
  }

  @Conforms("C054")
  @Test
  void everyStreamingCallEndsExactlyOnceHoweverCancelsRace() throws InterruptedException {
    run(TextMethods.BIDI);
  }

  @Test
  void everyUnaryCallWithARetryPolicyEndsExactlyOnce() throws InterruptedException {
    retryAfterMicros(20);
    run(TextMethods.UNARY);
    assertThat(buffered.total()).isZero();
  }

  @Test
  void everyStreamingCallWithARetryPolicyEndsExactlyOnce() throws InterruptedException {
    retryAfterMicros(20);
    run(TextMethods.BIDI);
    assertThat(buffered.total()).isZero();
  }

  @Test
  void everyUnaryCallWhoseCredentialsRespondOnAnotherThreadEndsExactlyOnce()
      throws InterruptedException {
    options = CallOptions.DEFAULT.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo of, Executor on, MetadataApplier applier) {
        controlPlane.execute(() -> applier.apply(new Metadata()));
      }
    });
    run(TextMethods.UNARY);

    long now = System.nanoTime();
    assertThat(waits.snapshot(now + TimeUnit.HOURS.toNanos(1)).get(WaitCause.CREDENTIALS))
        .as("no wait lasts")
        .isEqualTo(waits.snapshot(now).get(WaitCause.CREDENTIALS));
  }

  @Test
  void everyTracerOfAUnaryCallIsClosedExactlyOnceHoweverCancelsRace() throws InterruptedException {
    runTraced(TextMethods.UNARY);
  }

  @Test
  void everyTracerOfAStreamIsClosedExactlyOnceHoweverCancelsRace() throws InterruptedException {
    runTraced(TextMethods.BIDI);
  }

  private void runTraced(MethodDescriptor<String, String> method) throws InterruptedException {
    CountingTracers tracers = new CountingTracers();
    options = CallOptions.DEFAULT.withStreamTracerFactory(tracers);
    retryAfterMicros(20);
    run(method);
    callbacks.shutdown();
    assertThat(callbacks.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    tracers.assertEachClosedOnce(CALLS / 3);
  }

  @Test
  void everyCallInABackoffEndsWithTheChannel() throws InterruptedException {
    retryAfterMicros(20);
    for (int i = 0; i < CALLS; i++) {
      UnsentCalls unsent = new UnsentCalls(timers);
      ClientCall<String, String> call =
          new ClientCallImpl<>(TextMethods.BIDI, CallOptions.DEFAULT, environment(unsent));
      call.start(new CountingListener(), new Metadata());
      call.sendMessage("hello");
      call.request(2);
      call.halfClose();
      controlPlane.execute(() -> unsent.end(Status.UNAVAILABLE));
    }

    assertThat(closed.await(60, TimeUnit.SECONDS)).as("%s not closed", closed).isTrue();
    drain(loop, timers, controlPlane);
    assertThat(closedTwice).hasValue(0);
    assertThat(ended).hasValue(CALLS);
    assertThat(reports.all).hasSize(CALLS);
    reports.assertAddUp();
    assertThat(buffered.total()).isZero();
  }

  private void retryAfterMicros(long micros) {
    long nanos = TimeUnit.MICROSECONDS.toNanos(micros);
    RetryPolicy policy = new RetryPolicy(5, nanos, nanos, 1, Set.of(Status.Code.UNAVAILABLE));
    config = new MethodConfig(null, null, null, null, policy, null, false);
  }

  @Test
  void everyCallThatWaitsForTheServiceConfigEndsExactlyOnce() throws InterruptedException {
    CallEnvironment environment = environment();
    run(() -> {
      ConfigGate gate = new ConfigGate(false, () -> {});
      controlPlane.execute(gate::open);
      return new PendingCall<>(TextMethods.BIDI, CallOptions.DEFAULT, environment, gate);
    });

    // A call counts its end after the last of its steps, on a thread that may lag behind the other.
    callbacks.shutdown();
    assertThat(callbacks.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ended).hasValue(started.get());
    reports.assertAddUp();
  }

  @Conforms({"C053", "C060a"})
  @Test
  void everyCallThatIsNotHalfClosedEndsWithTheChannel() throws InterruptedException {
    for (int i = 0; i < CALLS / 4; i++) {
      UnsentCalls unsent = new UnsentCalls(timers);
      CallEnvironment environment = environment(unsent);
      for (ExecutorService caller : new ExecutorService[] {loop, canceller}) {
        caller.execute(() -> {
          startUnary(environment);
          startUnary(environment);
        });
      }
      controlPlane.execute(() -> unsent.end(Status.UNAVAILABLE));
    }

    assertThat(closed.await(60, TimeUnit.SECONDS)).as("%s not closed", closed).isTrue();
    drain(loop, canceller, controlPlane);
    assertThat(closedTwice).hasValue(0);
    assertThat(ended).hasValue(CALLS);
    assertThat(reports.all).hasSize(CALLS);
    reports.assertAddUp();
  }

  private void startUnary(CallEnvironment environment) {
    new ClientCallImpl<>(TextMethods.UNARY, CallOptions.DEFAULT, environment)
        .start(new CountingListener(), new Metadata());
  }

  @Test
  void everyMessageIsDeliveredOnceAndInOrderWhileReadsJoinOthersThatWait() throws Exception {
    int messages = 200_000;
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger received = new AtomicInteger();
    CallFixture fixture = new CallFixture();
    fixture.options = CallOptions.DEFAULT.withExecutor(callbacks);
    ClientCall<String, String> call = fixture.newCall(TextMethods.BIDI);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(String message) {
            if (message.equals(Integer.toString(received.get()))) {
              received.incrementAndGet();
            }
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.countDown();
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);

    loop.execute(() -> {
      for (int i = 0; i < messages; i++) {
        fixture.stream().message(Integer.toString(i));
      }
      fixture.stream().close(Status.OK);
    });

    assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(received).hasValue(messages);
  }

  private void run(MethodDescriptor<String, String> method) throws InterruptedException {
    CallEnvironment environment = environment();
    run(() -> new ClientCallImpl<>(method, options, environment));
    assertThat(started).hasValue(CALLS);
    assertThat(ended).hasValue(CALLS);
    assertThat(reports.all).hasSize(CALLS);
    reports.assertAddUp();
  }

  private void run(Supplier<ClientCall<String, String>> calls) throws InterruptedException {
    for (int i = 0; i < CALLS; i++) {
      ClientCall<String, String> call = calls.get();
      call.start(new CountingListener(), new Metadata());
      call.request(1);
      if (i % 3 != 0) {
        canceller.execute(() -> call.cancel("race", null));
      }
      try {
        call.sendMessage("hello");
        call.halfClose();
      } catch (IllegalStateException expected) {
        assertThat(expected).hasMessageContaining("cancelled");
      }
      call.request(1);
    }

    assertThat(closed.await(60, TimeUnit.SECONDS)).as("%s not closed", closed).isTrue();
    // The thread that closed the last call may not have counted it yet.
    drain(loop, canceller, controlPlane, timers);
    assertThat(closedTwice).hasValue(0);
  }

  private static void drain(ExecutorService... executors) throws InterruptedException {
    for (int round = 0; round < 2; round++) {
      for (ExecutorService executor : executors) {
        CountDownLatch passed = new CountDownLatch(1);
        executor.execute(passed::countDown);
        assertThat(passed.await(60, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private CallEnvironment environment() {
    return environment(new UnsentCalls(timers));
  }

  private CallEnvironment environment(UnsentCalls unsent) {
    return new CallEnvironment(
        new RacingSource(),
        any -> config,
        callbacks,
        callbacks,
        timers,
        "server",
        CompressorRegistry.getDefaultInstance(),
        DecompressorRegistry.getDefaultInstance(),
        1000,
        RetryOptions.DEFAULT,
        buffered,
        () -> null,
        () -> 0.5,
        System::nanoTime,
        TransportListener.NONE,
        new CallReports(List.of(reports)),
        waits,
        new CallEnvironment.Lifecycle() {
          @Override
          public void callStarted() {
            started.incrementAndGet();
          }

          @Override
          public void callEnded() {
            ended.incrementAndGet();
          }
        },
        unsent);
  }

  private final class CountingListener extends ClientCall.Listener<String> {
    private final AtomicInteger closes = new AtomicInteger();

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (closes.incrementAndGet() > 1) {
        closedTwice.incrementAndGet();
      }
      closed.countDown();
    }
  }

  /** Completes every other pick on the control plane; with a retry policy, fails every fifth. */
  private final class RacingSource implements TransportSource {
    private final LoopTransport transport = new LoopTransport();
    private final AtomicInteger picks = new AtomicInteger();

    @Override
    public void pick(PendingPick pick) {
      int number = picks.getAndIncrement();
      if (config.retryPolicy() != null && number % 5 == 0) {
        controlPlane.execute(() -> pick.onFailed(Status.UNAVAILABLE));
      } else if (number % 2 == 0) {
        pick.onPicked(transport, FakeSource.PICKED);
      } else {
        controlPlane.execute(() -> pick.onPicked(transport, FakeSource.PICKED));
      }
    }

    @Override
    public boolean cancel(PendingPick pick) {
      return false;
    }
  }

  private final class LoopTransport implements ClientTransport {
    private final AtomicInteger streams = new AtomicInteger();

    @Override
    public ClientStream newStream(StreamParameters headers, ClientStream.Listener listener) {
      return new LoopStream(listener, streams.getAndIncrement());
    }

    @Override
    public String authority() {
      return "server:1";
    }

    @Override
    public Attributes attributes() {
      return Attributes.EMPTY;
    }

    @Override
    public void shutdown(Status reason) {}

    @Override
    public void replace(Status reason) {}

    @Override
    public void shutdownNow(Status reason) {}

    @Override
    public TransportSnapshot snapshot() {
      throw new UnsupportedOperationException();
    }
  }

  /**
   * Responds in two reads; every third is not sent or refused, or fails where a policy may retry.
   */
  private final class LoopStream implements ClientStream {
    private final ClientStream.Listener listener;
    private final int number;
    private boolean over;

    LoopStream(ClientStream.Listener listener, int number) {
      this.listener = listener;
      this.number = number;
    }

    @Override
    public void start(@Nullable FramedMessage message, boolean endOfStream) {
      loop.execute(() -> {
        if (number % 3 == 0 && config.retryPolicy() != null) {
          close(Status.UNAVAILABLE, StreamProgress.PROCESSED);
        } else if (number % 3 == 0) {
          close(
              Status.UNAVAILABLE,
              number % 2 == 0 ? StreamProgress.NOT_SENT : StreamProgress.REFUSED);
        } else {
          respond();
        }
      });
    }

    private void respond() {
      if (!over) {
        listener.onReady();
        listener.onHeaders(new Metadata());
        listener.onMessage(Messages.inbound("hi".getBytes(StandardCharsets.UTF_8), false));
        listener.onBatchEnd();
        loop.execute(() -> close(Status.OK, StreamProgress.PROCESSED));
      }
    }

    private void close(Status status, StreamProgress progress) {
      if (!over) {
        over = true;
        listener.onClosed(status, progress, new Metadata());
        listener.onBatchEnd();
      }
    }

    @Override
    public void write(FramedMessage message) {}

    @Override
    public void halfClose() {}

    @Override
    public void cancel(Status reason) {
      loop.execute(() -> close(reason, StreamProgress.PROCESSED));
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void consumed(int bytes) {}

    @Override
    public void onDemand() {}
  }
}
