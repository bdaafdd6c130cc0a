// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.PolicyChannel;
import dev.clientconn.internal.channel.PolicyChannelFactory;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.ChannelCredentials;
import io.grpc.ForwardingChannelBuilder2;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes builders for the channels of load-balancing policies, with the connection options of the
 * channel that the policy belongs to, and what the application does to its child channels.
 *
 * @param begin makes a builder with the defaults
 * @param security of the policy's channel
 * @param transport of the policy's channel
 * @param userAgent as the application has set it
 * @param offload runs the callbacks: the application's executor may be busy with its calls
 * @param children what the application does to the builders, if anything
 */
record PolicyChannelBuilders(
    Begin begin,
    ChannelSecurity security,
    TransportOptions transport,
    @Nullable Dialer dialer,
    @Nullable String userAgent,
    @Nullable Executor offload,
    @Nullable ProxyDetector proxies,
    NameResolver.@Nullable Factory resolvers,
    @Nullable ChildChannelOptions children)
    implements PolicyChannelFactory {

  /** Makes a builder that calls {@code onBuilt} with each channel. */
  interface Begin {
    TransportOptionsBuilder<?> builder(
        String target, ChannelSecurity security, Consumer<PolicyChannel> onBuilt);
  }

  /**
   * Makes a builder. The application's options come last: they replace those that the builder has
   * from the policy's channel.
   */
  @Override
  public ManagedChannelBuilder<?> newBuilder(
      String target, @Nullable ChannelCredentials credentials, Consumer<PolicyChannel> onBuilt) {
    ManagedChannelBuilder<?> builder = inheriting(target, credentials, onBuilt);
    if (children != null) {
      children.configure(builder);
    }
    return builder;
  }

  private ManagedChannelBuilder<?> inheriting(
      String target, @Nullable ChannelCredentials credentials, Consumer<PolicyChannel> onBuilt) {
    ChannelSecurity own;
    try {
      own = security(credentials);
    } catch (IllegalArgumentException e) {
      // Credentials of another transport; grpc-java asks the other providers, too.
      return new OtherTransport(Grpc.newChannelBuilder(target, credentials), onBuilt);
    }
    return configure(begin.builder(target, own, onBuilt));
  }

  /** Reports the channels of another provider's builder. */
  private static final class OtherTransport extends ForwardingChannelBuilder2<OtherTransport> {
    private final ManagedChannelBuilder<?> builder;
    private final Consumer<PolicyChannel> onBuilt;

    OtherTransport(ManagedChannelBuilder<?> builder, Consumer<PolicyChannel> onBuilt) {
      this.builder = builder;
      this.onBuilt = onBuilt;
    }

    @Override
    protected ManagedChannelBuilder<?> delegate() {
      return builder;
    }

    @Override
    public ManagedChannel build() {
      ManagedChannel built = super.build();
      onBuilt.accept(PolicyChannel.ofOtherTransport(built));
      return built;
    }
  }

  /** A policy passes its helper's credentials, which do not have the TLS material. */
  @SuppressWarnings("ReferenceEquality")
  private ChannelSecurity security(@Nullable ChannelCredentials given) {
    return given == null || given == security.credentials()
        ? security.withoutCallCredentials()
        : ChannelSecurity.of(given);
  }

  @SuppressWarnings("deprecation") // the resolvers of the policy's channel
  private ManagedChannelBuilder<?> configure(TransportOptionsBuilder<?> builder) {
    builder.connectTimeout(transport.connectTimeout());
    builder.initialStreamWindow(transport.streamWindow());
    builder.initialConnectionWindow(transport.connectionWindow());
    builder.growWindows(transport.growWindows());
    builder.maxInboundMetadataSize(transport.maxInboundMetadataSize());
    builder.neverIndexedHeaders(transport.neverIndexedHeaders());
    builder.maxPendingStreams(transport.maxPendingStreams());
    builder.userAgent(userAgent);
    builder.executor(offload);
    builder.offloadExecutor(offload);
    builder.proxyDetector(proxies);
    builder.nameResolverFactory(resolvers);
    if (dialer != null) {
      builder.dialer(dialer);
    }
    TransportOptions.KeepaliveOptions keepalive = transport.keepalive();
    if (keepalive != null) {
      builder.keepAliveTime(keepalive.time().nanos(), TimeUnit.NANOSECONDS);
      builder.keepAliveTimeout(keepalive.timeout().toNanos(), TimeUnit.NANOSECONDS);
      builder.keepAliveWithoutCalls(keepalive.withoutCalls());
    }
    return builder;
  }
}
