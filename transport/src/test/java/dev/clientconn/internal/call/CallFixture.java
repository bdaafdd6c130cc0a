// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.testing.ManualClock;
import dev.clientconn.testing.ManualExecutor;
import dev.clientconn.testing.TextMethods;
import dev.clientconn.transport.CallReportListener;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls over a fake transport, picker and clock. Callbacks run inline unless a test asks for
 * {@link #executor}.
 */
public final class CallFixture {
  public final FakeTransport transport = new FakeTransport();
  public final FakeSource source = new FakeSource();
  public final ManualClock clock = new ManualClock();
  public final ManualExecutor executor = new ManualExecutor();
  public final ManualExecutor offload = new ManualExecutor();
  public final UnsentCalls unsent = new UnsentCalls(clock);
  public int gateWaits;
  public final ConfigGate gate = new ConfigGate(false, () -> gateWaits++);
  public final RecordingListener listener = new RecordingListener();
  public CallOptions options = CallOptions.DEFAULT;
  public MethodConfig config = MethodConfig.NONE;
  public DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();
  public @Nullable Integer maxInboundMessageSize;
  public RetryBufferLimit keptBytes = new RetryBufferLimit(RetryBufferLimit.Limits.DEFAULT);
  public RetryOptions retries = RetryOptions.DEFAULT;
  public @Nullable RetryThrottle throttle;
  public double random = 0.5;

  /** Why there were further attempts. */
  public final List<RepeatReason> repeated = new CopyOnWriteArrayList<>();

  private final TransportListener repeats = new TransportListener() {
    @Override
    public void attemptRepeated(RepeatReason reason) {
      repeated.add(reason);
    }
  };
  /** Runs when a call is about to be counted, for races. */
  public Runnable beforeCallStarted = () -> {};

  public final List<CallReportListener> reportListeners = new ArrayList<>();
  public final ChannelWaits waits = new ChannelWaits();

  public int callsStarted;
  public int callsEnded;
  private Executor channelExecutor = Runnable::run;

  public CallFixture() {
    source.transport = transport;
  }

  /** Picks wait until the test completes them. */
  public CallFixture withoutTransport() {
    source.transport = null;
    return this;
  }

  public CallFixture onExecutor() {
    channelExecutor = executor;
    return this;
  }

  public ClientCallImpl<String, String> newCall(MethodDescriptor<String, String> method) {
    return new ClientCallImpl<>(method, options, environment());
  }

  /** A call that waits until {@link #gate} opens. */
  public PendingCall<String, String> newPendingCall(MethodDescriptor<String, String> method) {
    return new PendingCall<>(method, options, environment(), gate);
  }

  /** A call whose config {@link #gate}'s selector selects. */
  public SelectingCall<String, String> newSelectingCall(MethodDescriptor<String, String> method) {
    return newSelectingCall(method, null);
  }

  SelectingCall<String, String> newSelectingCall(
      MethodDescriptor<String, String> method, @Nullable CallTimeline begun) {
    return new SelectingCall<>(method, options, environment(), gate, begun);
  }

  CallTimeline newTimeline(WaitCause cause) {
    return environment().newTimeline(cause);
  }

  private CallEnvironment environment() {
    return new CallEnvironment(
        source,
        any -> config,
        channelExecutor,
        offload,
        clock,
        "server:50051",
        CompressorRegistry.getDefaultInstance(),
        decompressors,
        maxInboundMessageSize,
        retries,
        keptBytes,
        () -> throttle,
        () -> random,
        clock::nanoTime,
        repeats,
        new CallReports(reportListeners),
        waits,
        new Counter(),
        unsent);
  }

  /** A unary call as a stub makes it: started, two messages requested, sent and half-closed. */
  public ClientCallImpl<String, String> unary(String request) {
    ClientCallImpl<String, String> call = newCall(TextMethods.UNARY);
    call.start(listener, new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
    return call;
  }

  public ClientCallImpl<String, String> start(MethodDescriptor<String, String> method) {
    ClientCallImpl<String, String> call = newCall(method);
    call.start(listener, new Metadata());
    return call;
  }

  /** What {@link #unsent} holds of attempts and backoffs: the end of the channel would end it. */
  public Collection<?> waiting() throws ReflectiveOperationException {
    Field field = UnsentCalls.class.getDeclaredField("waiting");
    field.setAccessible(true);
    Collection<?> held = (Collection<?>) field.get(unsent);
    return held == null ? List.of() : held;
  }

  public FakeStream stream() {
    return transport.last();
  }

  private final class Counter implements CallEnvironment.Lifecycle {
    @Override
    public void callStarted() {
      beforeCallStarted.run();
      callsStarted++;
    }

    @Override
    public void callEnded() {
      if (callsEnded == callsStarted) {
        throw new AssertionError("the end of a call is counted before its start");
      }
      callsEnded++;
    }
  }
}
