// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.resolver.GuardedProxyDetector;
import dev.clientconn.internal.telemetry.ConnectionMetrics;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.internal.transport.TransportObserver;
import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import io.grpc.SynchronizationContext;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Holds what the parts of a channel's core share.
 *
 * @param options as built
 * @param threads executors, timers and clock
 * @param connector makes connections
 * @param random for jitter, numbers in [0, 1)
 * @param sync the one context that all of the core runs in
 * @param timers the channel's, protected from being shut down
 * @param logger for resolver, balancer and subchannels
 * @param onBroken accepts what a policy threw; the channel fails its calls from then on
 * @param connectionLimit of each subchannel
 * @param recorder adds up what happens, and retains the last events
 */
record ChannelContext(
    ChannelOptions options,
    ChannelThreads threads,
    TransportConnector connector,
    DoubleSupplier random,
    SynchronizationContext sync,
    ScheduledExecutorService timers,
    ChannelLogger logger,
    Consumer<Throwable> onBroken,
    ConnectionLimit connectionLimit,
    ChannelRecorder recorder) {

  ExponentialBackoff newBackoff() {
    return new ExponentialBackoff(random);
  }

  /**
   * Returns what is notified of a connection.
   *
   * @param address attributes of its address
   */
  TransportObserver observer(Attributes address) {
    return options.metrics().isEmpty()
        ? recorder
        : new ConnectionMetrics(
            recorder,
            options.metrics(),
            options.target().address(),
            connector.securityLevel(),
            address);
  }

  NameResolver.Args resolverArgs() {
    return resolverArgs(threads.offloadExecutor(), newProxies());
  }

  GuardedProxyDetector newProxies() {
    return new GuardedProxyDetector(options.proxyDetector(), options.target().text());
  }

  NameResolver.Args resolverArgs(Executor offloadExecutor, ProxyDetector proxies) {
    NameResolver.Args.Builder args = NameResolver.Args.newBuilder()
        .setDefaultPort(options.defaultPort())
        .setProxyDetector(proxies)
        .setSynchronizationContext(sync)
        .setScheduledExecutorService(timers)
        .setServiceConfigParser(options.serviceConfigParser())
        .setChannelLogger(logger)
        .setOffloadExecutor(offloadExecutor)
        .setOverrideAuthority(options.authorityOverride())
        .setMetricRecorder(options.metrics())
        .setNameResolverRegistry(options.resolvers());
    for (Consumer<NameResolver.Args.Builder> argument : options.resolverArgs()) {
      argument.accept(args);
    }
    return args.build();
  }
}
