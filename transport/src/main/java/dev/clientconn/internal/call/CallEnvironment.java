// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.MethodConfig;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one channel share.
 *
 * @param transports where calls get a transport
 * @param methodConfigs the service config's word on a method, {@link MethodConfig#NONE} where it
 *     has none
 * @param executor runs listeners of calls that bring no executor of their own
 * @param offloadExecutor runs call credentials
 * @param timers for deadlines of calls that have no stream yet
 * @param authority the channel's
 * @param compressors known by name
 * @param decompressors known by name
 * @param maxInboundMessageSize bytes, after decompression too; absent where the application has set none
 * @param retryBuffer limits the bytes of requests that are kept to be sent again
 * @param lifecycle counts calls that start and end
 * @param unsent holds calls between start and half-close, and those that wait for credentials
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
    RetryBufferLimit retryBuffer,
    Lifecycle lifecycle,
    UnsentCalls unsent) {

  /**
   * Counts calls, for idleness and for termination. Called once each per call that was started,
   * from any thread.
   */
  public interface Lifecycle {
    void callStarted();

    void callEnded();
  }
}
