// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.serviceconfig.HedgingPolicy;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Runs hedged calls on real threads: a caller, two event loops whose streams win or fail at the
 * same time, timers, a control plane and a canceller.
 */
class HedgingRacesTest {
  private static final int CALLS = 4_000;
  private static final int MESSAGES = 4;

  private final List<ExecutorService> loops =
      List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());
  private final ExecutorService controlPlane = Executors.newSingleThreadExecutor();
  private final ExecutorService canceller = Executors.newSingleThreadExecutor();
  private final ExecutorService callbacks = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private RetryBufferLimit buffered = new RetryBufferLimit(RetryBufferLimit.Limits.DEFAULT);
  private long delayNanos;
  private final AtomicInteger ended = new AtomicInteger();
  private final RecordingReports reports = new RecordingReports();
  private final AtomicInteger openStreams = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(CALLS);

  @AfterEach
  void stop() {
    loops.forEach(ExecutorService::shutdownNow);
    for (ExecutorService each :
        new ExecutorService[] {controlPlane, canceller, callbacks, timers}) {
      each.shutdownNow();
    }
  }

  @Test
  void everyUnaryCallHasOneEndHoweverItsAttemptsRace() throws Exception {
    run(TextMethods.UNARY, 20);
  }

  @Test
  void everyUnaryCallWhoseAttemptsAreDelayedHasOneEnd() throws Exception {
    delayNanos = 20_000;
    run(TextMethods.UNARY, 20);
  }

  @Test
  void everyStreamGetsItsMessagesInOrder() throws Exception {
    run(TextMethods.BIDI, 20);
  }

  @Test
  void everyStreamThatIsAttachedDuringTheWritesGetsThemInOrder() throws Exception {
    delayNanos = 5_000;
    run(TextMethods.BIDI, 20);
  }

  @Test
  void messagesInPooledMemoryAreReleasedWhicheverAttemptWins() throws Exception {
    long before = Messages.bytesInUse();
    run(TextMethods.BIDI, 20_000);
    assertThat(Messages.bytesInUse()).isLessThanOrEqualTo(before);
  }

  @Test
  void callsThatExceedTheLimitWhileTheyAttachHaveOneEnd() throws Exception {
    buffered = new RetryBufferLimit(new RetryBufferLimit.Limits(60, 1_000_000));
    delayNanos = 5_000;
    run(TextMethods.BIDI, 20);
  }

  private void run(MethodDescriptor<String, String> method, int messageSize) throws Exception {
    UnsentCalls unsent = new UnsentCalls(timers);
    CallEnvironment environment = environment(unsent);
    boolean unary = method.getType().clientSendsOneMessage();
    for (int i = 0; i < CALLS; i++) {
      ClientCall<String, String> call =
          new ClientCallImpl<>(method, CallOptions.DEFAULT, environment);
      call.start(new CheckingListener(unary ? 1 : MESSAGES), new Metadata());
      call.request(2);
      if (i % 3 == 0) {
        canceller.execute(() -> call.cancel("race", null));
      }
      try {
        for (int message = 0; message < (unary ? 1 : MESSAGES); message++) {
          call.sendMessage((message + " ").repeat(messageSize / 2));
        }
        call.halfClose();
      } catch (IllegalStateException expected) {
        assertThat(expected).hasMessageContaining("cancelled");
      }
    }
    assertThat(closed.await(60, TimeUnit.SECONDS)).as("%s not closed", closed).isTrue();
    drain();
    assertThat(errors).isEmpty();
    assertThat(ended).hasValue(CALLS);
    assertThat(reports.all).hasSize(CALLS);
    reports.assertAddUp();
    assertThat(openStreams).hasValue(0);
    assertThat(buffered.total()).isZero();
    assertThat(succeeded.get()).as("the test is about calls that succeed, too").isPositive();
  }

  private void drain() throws InterruptedException {
    for (int round = 0; round < 4; round++) {
      for (ExecutorService each :
          List.of(loops.get(0), loops.get(1), controlPlane, canceller, timers, callbacks)) {
        CountDownLatch passed = new CountDownLatch(1);
        each.execute(passed::countDown);
        assertThat(passed.await(60, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private CallEnvironment environment(UnsentCalls unsent) {
    HedgingPolicy policy = new HedgingPolicy(3, delayNanos, Set.of(Status.Code.UNAVAILABLE));
    MethodConfig config = new MethodConfig(null, null, null, null, null, policy, false);
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
        new ChannelWaits(),
        new CallEnvironment.Lifecycle() {
          @Override
          public void callStarted() {}

          @Override
          public void callEnded() {
            ended.incrementAndGet();
          }
        },
        unsent);
  }

  private final class CheckingListener extends ClientCall.Listener<String> {
    private final int messages;
    private final AtomicInteger closes = new AtomicInteger();
    private @Nullable String received;

    CheckingListener(int messages) {
      this.messages = messages;
    }

    @Override
    public void onMessage(String message) {
      if (received != null) {
        errors.add("a second message: " + message);
      }
      received = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (closes.incrementAndGet() > 1) {
        errors.add("closed twice");
      }
      if (status.isOk()) {
        succeeded.incrementAndGet();
        if (!("got " + messages).equals(received)) {
          errors.add("OK, but the server sent " + received);
        }
      }
      closed.countDown();
    }
  }

  /** Completes every other pick on the control plane, and fails or drops some. */
  private final class RacingSource implements TransportSource {
    private final LoopTransport transport = new LoopTransport();
    private final AtomicInteger picks = new AtomicInteger();

    @Override
    public void pick(PendingPick pick) {
      int number = picks.getAndIncrement();
      if (number % 23 == 0) {
        controlPlane.execute(() -> pick.onDropped(Status.UNAVAILABLE));
      } else if (number % 7 == 0) {
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
      int number = streams.getAndIncrement();
      return new LoopStream(listener, number, loops.get(number % 2));
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

  /** Counts what it is sent and responds with the number, or fails. */
  private final class LoopStream implements ClientStream {
    private final ClientStream.Listener listener;
    private final int number;
    private final ExecutorService loop;
    private volatile boolean started;
    private int received;
    private boolean over;

    LoopStream(ClientStream.Listener listener, int number, ExecutorService loop) {
      this.listener = listener;
      this.number = number;
      this.loop = loop;
    }

    @Override
    public void start(@Nullable FramedMessage message, boolean endOfStream) {
      started = true;
      openStreams.incrementAndGet();
      loop.execute(() -> {
        if (number % 5 == 0) {
          close(
              Status.UNAVAILABLE,
              number % 2 == 0 ? StreamProgress.NOT_SENT : StreamProgress.REFUSED);
        } else if (number % 7 == 0) {
          close(Status.UNAVAILABLE, StreamProgress.PROCESSED);
        } else if (number % 3 == 0 && !over) {
          listener.onReady();
          listener.onHeaders(new Metadata());
          listener.onBatchEnd();
        }
        if (message != null) {
          receive(message);
        }
        if (endOfStream) {
          respond();
        }
      });
    }

    @Override
    public void write(FramedMessage message) {
      loop.execute(() -> receive(message));
    }

    private void receive(FramedMessage message) {
      char digit = (char) Messages.bytes(message)[FramedMessage.PREFIX_LENGTH];
      if (digit != '0' + received++) {
        errors.add("message " + digit + " in place of " + (received - 1));
      }
      message.release();
    }

    @Override
    public void halfClose() {
      loop.execute(this::respond);
    }

    private void respond() {
      if (!over) {
        if (number % 3 != 0) {
          listener.onHeaders(new Metadata());
        }
        byte[] body = ("got " + received).getBytes(StandardCharsets.UTF_8);
        listener.onMessage(Messages.inbound(body, false));
        close(Status.OK, StreamProgress.PROCESSED);
      }
    }

    private void close(Status status, StreamProgress progress) {
      if (!over) {
        over = true;
        openStreams.decrementAndGet();
        listener.onClosed(status, progress, new Metadata());
        listener.onBatchEnd();
      }
    }

    /** Also of a stream that was not started. */
    @Override
    public void cancel(Status reason) {
      loop.execute(() -> {
        if (!started) {
          openStreams.incrementAndGet();
        }
        close(reason, StreamProgress.PROCESSED);
      });
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
