// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.resolver.TargetUri;
import dev.clientconn.testing.TestResolverProvider;
import dev.clientconn.testing.Throwing;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Provides resolvers that deliver results when the test requests it. */
public final class FakeResolver extends TestResolverProvider {
  public final List<Resolver> resolvers = new ArrayList<>();
  public @Nullable Throwable throwsOnStart;
  public @Nullable Throwable throwsOnMake;
  public @Nullable Throwable throwsOnRefresh;
  public @Nullable Throwable throwsOnShutdown;
  public @Nullable Throwable throwsOnAuthority;
  public @Nullable String authority = "server:1";
  private NameResolver.@Nullable Args args;

  public FakeResolver() {
    super("fake");
  }

  public TargetUri target() {
    return new TargetUri("fake:///server:1", "fake:///server:1", this);
  }

  public Resolver last() {
    return resolvers.get(resolvers.size() - 1);
  }

  /** Sends addresses, each a group of its own, on 10.0.0.1 with the given ports. */
  public Status send(int... ports) {
    return last()
        .send(NameResolver.ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(
                Arrays.stream(ports).mapToObj(FakeResolver::group).toList()))
            .build());
  }

  /** Sends one group that has several addresses. */
  public Status sendGroup(int... ports) {
    List<SocketAddress> addresses =
        Arrays.stream(ports).mapToObj(FakeResolver::address).toList();
    return last()
        .send(NameResolver.ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(addresses))))
            .build());
  }

  /** Sends addresses with a service config that went through the channel's parser. */
  public Status send(Map<String, ?> serviceConfig, int... ports) {
    return last()
        .send(NameResolver.ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(
                Arrays.stream(ports).mapToObj(FakeResolver::group).toList()))
            .setServiceConfig(args().getServiceConfigParser().parseServiceConfig(serviceConfig))
            .build());
  }

  /** Sends addresses with attributes. */
  public Status send(Attributes attributes, int... ports) {
    return last()
        .send(NameResolver.ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(
                Arrays.stream(ports).mapToObj(FakeResolver::group).toList()))
            .setAttributes(attributes)
            .build());
  }

  @SuppressWarnings("NullAway") // as foreign code may
  public void sendNull() {
    last().send(null);
  }

  /** Runs part of a look-up where resolvers run theirs. */
  public void lookUp(Runnable part) {
    Executor offload = args().getOffloadExecutor();
    if (offload == null) {
      throw new AssertionError("resolvers get an executor");
    }
    offload.execute(part);
  }

  private NameResolver.Args args() {
    if (args == null) {
      throw new IllegalStateException("no resolver was made yet");
    }
    return args;
  }

  private static EquivalentAddressGroup group(int port) {
    return new EquivalentAddressGroup(List.of(address(port)), Attributes.EMPTY);
  }

  private static SocketAddress address(int port) {
    return InetSocketAddress.createUnresolved("10.0.0.1", port);
  }

  @Override
  public NameResolver newNameResolver(URI targetUri, NameResolver.Args newArgs) {
    if (throwsOnMake != null) {
      throw Throwing.raise(throwsOnMake);
    }
    args = newArgs;
    Resolver resolver = new Resolver();
    resolvers.add(resolver);
    return resolver;
  }

  /** One resolver, from its making to its shutdown. */
  public final class Resolver extends NameResolver {
    public boolean started;
    public boolean shutdown;
    public int refreshes;
    private @Nullable Listener2 listener;

    @Override
    @SuppressWarnings("NullAway") // as foreign code may
    public String getServiceAuthority() {
      if (throwsOnAuthority != null) {
        throw Throwing.raise(throwsOnAuthority);
      }
      return authority;
    }

    @Override
    public void start(Listener2 resultListener) {
      if (throwsOnStart != null) {
        throw Throwing.raise(throwsOnStart);
      }
      started = true;
      listener = resultListener;
    }

    @Override
    public void refresh() {
      refreshes++;
      if (throwsOnRefresh != null) {
        throw Throwing.raise(throwsOnRefresh);
      }
    }

    @Override
    public void shutdown() {
      shutdown = true;
      if (throwsOnShutdown != null) {
        throw Throwing.raise(throwsOnShutdown);
      }
    }

    Status send(ResolutionResult result) {
      Status[] status = new Status[1];
      args().getSynchronizationContext().execute(() -> status[0] = listener().onResult2(result));
      return status[0];
    }

    public void fail(String description) {
      fail(Status.UNAVAILABLE.withDescription(description));
    }

    void fail(Status error) {
      listener().onError(error);
    }

    public void failWithOk() {
      listener().onError(Status.OK);
    }

    private Listener2 listener() {
      if (listener == null) {
        throw new IllegalStateException("the resolver was not started");
      }
      return listener;
    }
  }
}
