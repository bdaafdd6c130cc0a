// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.SyncContextConfined;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The channel's name resolver: started when the channel leaves idle, asked again with growing delays after a failure,
 * made anew after each idle time. What a result means is not its business.
 */
@SyncContextConfined
final class ResolverWrapper {

  /** Takes what the resolver finds; in the sync context. */
  interface Results {

    /** Returns OK, or why the result was of no use; the resolver is then asked again after a while. */
    Status onResult(ResolutionResult result);

    void onError(Status error);
  }

  private final ChannelContext context;
  private final Results results;
  private final String authority;

  private @Nullable NameResolver prepared;
  private @Nullable NameResolver current;
  private ExponentialBackoff backoff;
  private @Nullable ScheduledHandle retry;

  /** Makes the first resolver, without starting it, so that a bad target fails here and the authority is known. */
  ResolverWrapper(ChannelContext context, Results results) {
    this.context = context;
    this.results = results;
    this.backoff = context.newBackoff();
    NameResolver resolver = context.options().target().newResolver(context.resolverArgs());
    this.prepared = resolver;
    String override = context.options().authorityOverride();
    this.authority = override == null ? resolver.getServiceAuthority() : override;
  }

  String authority() {
    return authority;
  }

  void start() {
    NameResolver resolver = prepared;
    prepared = null;
    if (resolver == null) {
      resolver = context.options().target().newResolver(context.resolverArgs());
    }
    current = resolver;
    resolver.start(new Listener(resolver));
  }

  /** Asks again, unless a failure has just happened: then the delay goes on. */
  void refresh() {
    if (current != null && retry == null) {
      current.refresh();
    }
  }

  /** Asks again at once, after a failure and after a success: the network may have changed. */
  void resetBackoff() {
    backoff = context.newBackoff();
    cancelRetry();
    refresh();
  }

  void shutdown() {
    cancelRetry();
    backoff = context.newBackoff();
    NameResolver resolver = current;
    current = null;
    if (resolver != null) {
      resolver.shutdown();
    }
  }

  /** The channel ends; also lets go of a resolver that was never started. */
  void close() {
    shutdown();
    if (prepared != null) {
      prepared.shutdown();
      prepared = null;
    }
  }

  private void succeeded() {
    cancelRetry();
    backoff = context.newBackoff();
  }

  private void failed(Status error) {
    if (retry != null) {
      return;
    }
    long delay = backoff.nextNanos();
    context
        .logger()
        .log(
            ChannelLogLevel.WARNING,
            "Name resolution failed, next try in {0} ms: {1}",
            delay / 1_000_000,
            error);
    retry = context
        .sync()
        .schedule(
            () -> {
              retry = null;
              refresh();
            },
            delay,
            TimeUnit.NANOSECONDS,
            context.timers());
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  /** Of one resolver; deaf once that has been replaced. */
  private final class Listener extends NameResolver.Listener2 {
    private final NameResolver resolver;

    Listener(NameResolver resolver) {
      this.resolver = resolver;
    }

    @Override
    public void onResult(ResolutionResult result) {
      context.sync().execute(() -> onResult2(result));
    }

    @Override
    public Status onResult2(ResolutionResult result) {
      context.sync().throwIfNotInThisSynchronizationContext();
      if (resolver != current) {
        return Status.OK;
      }
      Status status = results.onResult(result);
      if (status.isOk()) {
        succeeded();
      } else {
        failed(status);
      }
      return status;
    }

    @Override
    public void onError(Status error) {
      context.sync().execute(() -> {
        if (resolver == current) {
          results.onError(error);
          failed(error);
        }
      });
    }
  }
}
