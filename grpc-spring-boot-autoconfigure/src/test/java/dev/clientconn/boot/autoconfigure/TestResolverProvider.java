// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Resolves {@code test:///} to one address, with a service config that has no policies. Registered
 * until it is closed.
 */
final class TestResolverProvider extends NameResolverProvider implements AutoCloseable {

  /** One permit for each look-up after the first one. */
  final Semaphore refreshes = new Semaphore(0);

  private final SocketAddress address;

  TestResolverProvider(SocketAddress address) {
    this.address = address;
    NameResolverRegistry.getDefaultRegistry().register(this);
  }

  @Override
  public void close() {
    NameResolverRegistry.getDefaultRegistry().deregister(this);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new TestResolver(args);
  }

  @Override
  public String getDefaultScheme() {
    return "test";
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 1;
  }

  private final class TestResolver extends NameResolver {

    private final Args args;

    TestResolver(Args args) {
      this.args = args;
    }

    @Override
    public String getServiceAuthority() {
      return "localhost";
    }

    @Override
    public void start(Listener2 listener) {
      listener.onResult(ResolutionResult.newBuilder()
          .setAddressesOrError(StatusOr.fromValue(
              List.of(new EquivalentAddressGroup(TestResolverProvider.this.address))))
          .setServiceConfig(this.args.getServiceConfigParser().parseServiceConfig(Map.of()))
          .build());
    }

    @Override
    public void refresh() {
      TestResolverProvider.this.refreshes.release();
    }

    @Override
    public void shutdown() {}
  }
}
