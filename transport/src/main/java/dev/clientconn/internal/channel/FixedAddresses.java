// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Resolves any name of one channel to the addresses that a policy has given, and may replace. */
@CrossesThreads
final class FixedAddresses extends NameResolver.Factory {
  static final String SCHEME = "oob";

  private final String authority;
  private volatile List<EquivalentAddressGroup> addresses;
  private volatile @Nullable Resolver last;

  FixedAddresses(String authority, List<EquivalentAddressGroup> addresses) {
    this.authority = authority;
    this.addresses = List.copyOf(addresses);
  }

  void update(List<EquivalentAddressGroup> next) {
    addresses = List.copyOf(next);
    Resolver resolver = last;
    if (resolver != null) {
      resolver.refresh();
    }
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    Resolver resolver = new Resolver();
    last = resolver;
    return resolver;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  /** One for each time that the channel leaves idleness. */
  @CrossesThreads
  private final class Resolver extends NameResolver {
    private volatile @Nullable Listener2 listener;

    @Override
    public String getServiceAuthority() {
      return authority;
    }

    @Override
    public void start(Listener2 resultListener) {
      listener = resultListener;
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 known = listener;
      if (known != null) {
        known.onResult(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(addresses))
            .build());
      }
    }

    @Override
    public void shutdown() {
      listener = null;
    }
  }
}
