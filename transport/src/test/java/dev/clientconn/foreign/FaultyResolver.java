// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import dev.clientconn.testing.TestResolverProvider;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code faulty:///port} to this machine, on the offload executor, with a fault at one
 * place.
 */
final class FaultyResolver extends TestResolverProvider {
  static final String SCHEME = "faulty";

  private final String place;
  private final Fault fault;

  FaultyResolver(String place, Fault fault) {
    super(SCHEME);
    this.place = place;
    this.fault = fault;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new Resolver(Integer.parseInt(target.getPath().substring(1)), args);
  }

  private final class Resolver extends NameResolver {
    private final int port;
    private final Args args;
    private @Nullable Listener2 listener;

    Resolver(int port, Args args) {
      this.port = port;
      this.args = args;
    }

    private void at(String here) {
      if (here.equals(place)) {
        fault.strike();
      }
    }

    @Override
    public String getServiceAuthority() {
      return "localhost";
    }

    @Override
    public void start(Listener2 to) {
      listener = to;
      at("resolver's start");
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 to = Objects.requireNonNull(listener);
      Objects.requireNonNull(args.getOffloadExecutor()).execute(() -> {
        at("resolver's look-up");
        if (place.equals("resolver's result")) {
          answer(to);
        } else {
          to.onResult(result());
        }
      });
    }

    private void answer(Listener2 to) {
      if (!fault.is(Fault.Kind.NEVER)) {
        to.onResult(fault.orNull(result()));
      }
      if (fault.is(Fault.Kind.TWICE)) {
        to.onResult(result());
      }
    }

    private ResolutionResult result() {
      SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      return ResolutionResult.newBuilder()
          .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
          .build();
    }

    @Override
    public void shutdown() {}
  }
}
