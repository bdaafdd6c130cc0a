// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import dev.clientconn.testing.TestResolverProvider;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Resolves every target to one server, and selects the config of each call as grpc-xds does for a
 * route with a timeout: it makes and parses a new config, and sets a call option.
 */
final class SelectingResolvers extends TestResolverProvider {
  private static final CallOptions.Key<String> CLUSTER = CallOptions.Key.create("cluster");

  private final EquivalentAddressGroup server;

  SelectingResolvers(InetSocketAddress server) {
    super("dns");
    this.server = new EquivalentAddressGroup(server);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "server";
      }

      @Override
      public void start(Listener2 listener) {
        args.getSynchronizationContext()
            .execute(() -> listener.onResult2(ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(List.of(server)))
                .setAttributes(Attributes.newBuilder()
                    .set(InternalConfigSelector.KEY, new Selector(args.getServiceConfigParser()))
                    .build())
                .build()));
      }

      @Override
      public void shutdown() {}
    };
  }

  private static final class Selector extends InternalConfigSelector implements ClientInterceptor {
    private final NameResolver.ServiceConfigParser parser;

    Selector(NameResolver.ServiceConfigParser parser) {
      this.parser = parser;
    }

    @Override
    public Result selectConfig(PickSubchannelArgs args) {
      Map<String, ?> config =
          Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", "3600.0s")));
      return Result.newBuilder()
          .setConfig(parser.parseServiceConfig(config).getConfig())
          .setInterceptor(this)
          .build();
    }

    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return next.newCall(method, options.withOption(CLUSTER, "orders"));
    }
  }
}
