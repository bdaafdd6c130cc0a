// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Returns one address, which needs no look-up. */
@SyncContextConfined
final class SingleAddressNameResolver extends NameResolver {
  private final String authority;
  private final SocketAddress address;
  private @Nullable Listener2 listener;

  SingleAddressNameResolver(String authority, SocketAddress address) {
    this.authority = authority;
    this.address = address;
  }

  @Override
  public String getServiceAuthority() {
    return authority;
  }

  @Override
  public void start(Listener2 resultListener) {
    listener = resultListener;
    refresh();
  }

  /** Returns the address again: the policy may not have been able to use the last result. */
  @Override
  public void refresh() {
    if (listener != null) {
      listener.onResult(ResolutionResult.newBuilder()
          .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
          .build());
    }
  }

  @Override
  public void shutdown() {
    listener = null;
  }
}
