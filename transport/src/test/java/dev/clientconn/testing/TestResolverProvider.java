// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.NameResolverProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;

/** Provides resolvers of IP addresses for one scheme; a subclass makes them. */
public abstract class TestResolverProvider extends NameResolverProvider {

  private final String scheme;

  protected TestResolverProvider(String scheme) {
    this.scheme = scheme;
  }

  @Override
  public String getDefaultScheme() {
    return scheme;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }
}
