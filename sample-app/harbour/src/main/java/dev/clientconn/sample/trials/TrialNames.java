// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Resolves the address {@code trials:///} to the server of the trial that runs. As a bean, it is
 * used for the channels of this application.
 */
@Component
class TrialNames extends NameResolverProvider {

  private static final int DEFAULT_PRIORITY = 5;

  private volatile int port;
  private volatile Duration delay = Duration.ZERO;

  /** Sets the port of the server, and how long a channel waits for its first address. */
  void set(int port, Duration delay) {
    this.port = port;
    this.delay = delay;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new TrialNameResolver(args);
  }

  @Override
  public String getDefaultScheme() {
    return "trials";
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return DEFAULT_PRIORITY;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }

  /** Belongs to one channel until that is idle. */
  private final class TrialNameResolver extends NameResolver {

    private final SynchronizationContext sync;
    private final ScheduledExecutorService timer;
    private @Nullable Listener2 listener;
    private SynchronizationContext.@Nullable ScheduledHandle first;

    TrialNameResolver(NameResolver.Args args) {
      this.sync = args.getSynchronizationContext();
      this.timer = args.getScheduledExecutorService();
    }

    @Override
    public String getServiceAuthority() {
      return "trials";
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      this.first = sync.schedule(this::resolve, delay.toMillis(), TimeUnit.MILLISECONDS, timer);
    }

    /** Called when a connection has failed: the server may have another port now. */
    @Override
    public void refresh() {
      if (first == null || !first.isPending()) {
        sync.execute(this::resolve);
      }
    }

    private void resolve() {
      if (listener != null) {
        listener.onResult2(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))))
            .build());
      }
    }

    @Override
    public void shutdown() {
      listener = null;
      if (first != null) {
        first.cancel();
      }
    }
  }
}
