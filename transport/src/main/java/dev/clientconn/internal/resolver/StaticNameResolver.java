// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Looks up each server of a fixed list, off the sync context. Servers whose names cannot be
 * resolved are left out, unless none can.
 */
@SyncContextConfined
final class StaticNameResolver extends NameResolver {
  private final List<HostPort> servers;
  private final Args args;
  private @Nullable Listener2 listener;
  private boolean resolving;
  private boolean shutdown;

  StaticNameResolver(List<HostPort> servers, Args args) {
    this.servers = servers;
    this.args = args;
  }

  @Override
  public String getServiceAuthority() {
    return servers.get(0).authority();
  }

  @Override
  public void start(Listener2 resultListener) {
    listener = resultListener;
    resolve();
  }

  @Override
  public void refresh() {
    resolve();
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  private void resolve() {
    if (resolving || shutdown) {
      return;
    }
    resolving = true;
    Executor offload = args.getOffloadExecutor();
    Runnable lookUp = () -> {
      ResolutionResult result = lookUp();
      args.getSynchronizationContext().execute(() -> resolved(result));
    };
    if (offload != null) {
      offload.execute(lookUp);
    } else {
      Thread thread = new Thread(lookUp, "clientconn-static-resolver");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void resolved(ResolutionResult result) {
    resolving = false;
    if (!shutdown && listener != null) {
      listener.onResult2(result);
    }
  }

  /** Blocks, on any thread: reads immutable fields only. */
  private ResolutionResult lookUp() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    Throwable cause = null;
    for (HostPort server : servers) {
      try {
        groups.add(lookUp(server));
      } catch (Throwable t) {
        // A proxy detector may throw anything.
        failures.add(server.authority() + " (" + t + ")");
        cause = t;
      }
    }
    ResolutionResult.Builder result = ResolutionResult.newBuilder();
    if (groups.isEmpty()) {
      return result
          .setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE
              .withDescription(
                  "No host of the target could be resolved: " + String.join(", ", failures))
              .withCause(cause)))
          .build();
    }
    return result.setAddressesOrError(StatusOr.fromValue(groups)).build();
  }

  /** The name of a server behind a proxy is resolved by the proxy. */
  private EquivalentAddressGroup lookUp(HostPort server) throws IOException {
    List<SocketAddress> addresses = new ArrayList<>();
    SocketAddress proxied = args.getProxyDetector()
        .proxyFor(InetSocketAddress.createUnresolved(server.host(), server.port()));
    if (proxied != null) {
      addresses.add(proxied);
      return group(server, addresses);
    }
    for (InetAddress address : InetAddress.getAllByName(server.host())) {
      addresses.add(new InetSocketAddress(address, server.port()));
    }
    return group(server, addresses);
  }

  private static EquivalentAddressGroup group(HostPort server, List<SocketAddress> addresses) {
    return new EquivalentAddressGroup(
        addresses,
        Attributes.newBuilder()
            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, server.authority())
            .build());
  }
}
