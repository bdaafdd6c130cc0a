// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.RetryOptions;
import dev.clientconn.internal.resolver.TargetUri;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.internal.telemetry.SinkMetricRecorder;
import dev.clientconn.transport.CallReportListener;
import io.grpc.BinaryLog;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options of a channel, except those of its connections.
 *
 * @param target parsed
 * @param authorityOverride takes precedence over the resolver's and the addresses' authority
 * @param credentials for policies that open channels of their own
 * @param callCredentials applied to every call, before the call's own
 * @param defaultPort of names without a port
 * @param serviceConfigParser knows the default policy
 * @param defaultServiceConfig in force while the resolver has sent none
 * @param lookUpServiceConfig whether the resolver's configs are used
 * @param idleTimeoutNanos after how long without a call the channel goes idle; 0 for never
 * @param connections how long connections are used
 * @param scaling how many connections there are, and calls that wait for a stream slot
 * @param resolution when names are looked up again
 * @param maxInboundMessageSize bytes, absent where the application has set none
 * @param retries limits of retries, and of what is retained for them
 * @param compressors known by name
 * @param decompressors known by name
 * @param interceptors the last one sees a call first
 * @param binaryLog sees calls below the interceptors
 * @param metrics records what connections, resolvers and policies measure
 * @param proxyDetector for name resolvers
 * @param resolvers finds the resolvers of schemes
 * @param resolverArgs each adds an argument of the application for name resolvers
 * @param policyChannels opens the channels of policies
 * @param reportListeners notified of each call's end, in this order
 */
public record ChannelOptions(
    TargetUri target,
    @Nullable String authorityOverride,
    ChannelCredentials credentials,
    @Nullable CallCredentials callCredentials,
    int defaultPort,
    ServiceConfigParser serviceConfigParser,
    @Nullable ServiceConfig defaultServiceConfig,
    boolean lookUpServiceConfig,
    long idleTimeoutNanos,
    ConnectionOptions connections,
    ScalingOptions scaling,
    ResolutionOptions resolution,
    @Nullable Integer maxInboundMessageSize,
    RetryOptions retries,
    CompressorRegistry compressors,
    DecompressorRegistry decompressors,
    List<ClientInterceptor> interceptors,
    @Nullable BinaryLog binaryLog,
    SinkMetricRecorder metrics,
    ProxyDetector proxyDetector,
    NameResolverRegistry resolvers,
    List<Consumer<NameResolver.Args.Builder>> resolverArgs,
    PolicyChannelFactory policyChannels,
    List<CallReportListener> reportListeners) {}
