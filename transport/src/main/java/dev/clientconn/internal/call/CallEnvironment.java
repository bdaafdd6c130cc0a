// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.WaitCause;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds what all calls of one channel share. Knows nothing of a call, so that every class of this
 * package can have it.
 *
 * @param transports selects a transport for a call
 * @param methodConfigs the service config of a method, {@link MethodConfig#NONE} if it has none
 * @param executor runs listeners of calls whose options name no executor
 * @param offloadExecutor runs call credentials
 * @param timers for deadlines of calls that have no stream yet, and for backoffs
 * @param authority the channel's
 * @param compressors known by name
 * @param decompressors known by name
 * @param maxInboundMessageSize bytes, after decompression too; {@code null} if the application has
 *     set no limit
 * @param retries limits the retry and hedging policies of the service config
 * @param retryBuffer limits the bytes of requests that are buffered to be sent again
 * @param retryThrottle the tokens of the service config in force, {@code null} if it has none
 * @param random for the jitter of backoffs, numbers in [0, 1)
 * @param nanoTime the clock, nanoseconds
 * @param listener notified when a call has another attempt; never throws
 * @param reports notified of the end of each call, with its times
 * @param waits adds up what calls wait for
 * @param lifecycle counts calls that start and end
 * @param unsent registers calls between start and half-close, and those that wait for credentials
 *     or for the end of a backoff
 */
public record CallEnvironment(
    TransportSource transports,
    Function<MethodDescriptor<?, ?>, MethodConfig> methodConfigs,
    Executor executor,
    Executor offloadExecutor,
    ScheduledExecutorService timers,
    String authority,
    CompressorRegistry compressors,
    DecompressorRegistry decompressors,
    @Nullable Integer maxInboundMessageSize,
    RetryOptions retries,
    RetryBufferLimit retryBuffer,
    Supplier<@Nullable RetryThrottle> retryThrottle,
    DoubleSupplier random,
    LongSupplier nanoTime,
    TransportListener listener,
    CallReports reports,
    ChannelWaits waits,
    Lifecycle lifecycle,
    UnsentCalls unsent) {

  /** A copy for a call whose service config is this one. */
  CallEnvironment withServiceConfig(ServiceConfig config) {
    return new CallEnvironment(
        transports,
        config::methodConfig,
        executor,
        offloadExecutor,
        timers,
        authority,
        compressors,
        decompressors,
        maxInboundMessageSize,
        retries,
        retryBuffer,
        retryThrottle,
        random,
        nanoTime,
        listener,
        reports,
        waits,
        lifecycle,
        unsent);
  }

  /** Makes the timeline of a call that starts now, and waits for this first. */
  CallTimeline newTimeline(WaitCause cause) {
    return new CallTimeline(this, nanoTime.getAsLong(), cause);
  }

  /**
   * Counts calls, for the channel's idleness and termination. Each method is called once for each
   * call that is started, from any thread.
   */
  public interface Lifecycle {
    void callStarted();

    void callEnded();
  }
}
