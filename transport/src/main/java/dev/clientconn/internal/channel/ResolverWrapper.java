// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the channel's name resolver: starts it when the channel leaves idle, asks again with growing delays after a failure,
 * makes another one after each idle time. What a result means is decided elsewhere. A resolver that throws, itself or in a
 * look-up on the offload executor, has failed to resolve: the next try is a new resolver's.
 */
@SyncContextConfined
final class ResolverWrapper {

  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final ChannelContext context;
  private final Function<ResolutionResult, Status> onResult;
  private final Consumer<Status> onError;
  private final String authority;

  private @Nullable NameResolver prepared;
  /** Absent before the start, after the shutdown, and while a broken one is to be replaced. */
  private @Nullable NameResolver current;

  private boolean running;
  private ExponentialBackoff backoff;
  private @Nullable ScheduledHandle retry;

  /**
   * Makes the first resolver, without starting it, so that a bad target fails here and the authority
   * is known. Both functions are called in the sync context.
   *
   * @param onResult returns OK, or why the result cannot be used; the resolver is then asked again
   *     after a delay
   */
  ResolverWrapper(
      ChannelContext context,
      Function<ResolutionResult, Status> onResult,
      Consumer<Status> onError) {
    this.context = context;
    this.onResult = onResult;
    this.onError = onError;
    this.backoff = context.newBackoff();
    NameResolver resolver = newResolver();
    this.prepared = resolver;
    String override = context.options().authorityOverride();
    this.authority = override == null
        ? Objects.requireNonNull(
            resolver.getServiceAuthority(), () -> resolver + " has no authority")
        : override;
  }

  private NameResolver newResolver() {
    LookUps lookUps = new LookUps();
    NameResolver resolver = context.options().target().newResolver(context.resolverArgs(lookUps));
    lookUps.resolver = resolver;
    return resolver;
  }

  String authority() {
    return authority;
  }

  void start() {
    running = true;
    try {
      NameResolver resolver = prepared == null ? newResolver() : prepared;
      prepared = null;
      current = resolver;
      resolver.start(new Listener(resolver));
    } catch (Throwable t) {
      broke(t);
    }
  }

  /** Asks again, unless a failure has just happened: then the delay goes on. */
  void refresh() {
    if (!running || retry != null) {
      return;
    }
    if (current == null) {
      start();
      return;
    }
    try {
      current.refresh();
    } catch (Throwable t) {
      broke(t);
    }
  }

  /** A resolver that threw may be in any state, "resolving" for ever included: it is not used again. */
  private void broke(Throwable thrown) {
    discard();
    failed(Status.UNAVAILABLE
        .withDescription(
            "Name resolution of " + context.options().target().text() + " failed: " + thrown)
        .withCause(thrown));
  }

  private void discard() {
    NameResolver resolver = current;
    current = null;
    if (resolver != null) {
      shutdown(resolver);
    }
  }

  private static void shutdown(NameResolver resolver) {
    try {
      resolver.shutdown();
    } catch (Throwable t) {
      LOGGER.log(Level.WARNING, "A name resolver threw from shutdown", t);
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
    running = false;
    discard();
  }

  /** The channel ends; shuts a resolver down that was never started, too. */
  void close() {
    shutdown();
    if (prepared != null) {
      shutdown(prepared);
      prepared = null;
    }
  }

  private void succeeded() {
    cancelRetry();
    backoff = context.newBackoff();
  }

  private void failed(Status error) {
    onError.accept(error);
    askLater(error);
  }

  private void askLater(Status error) {
    // The policy may have broken on the failure, and the channel with it.
    if (!running || retry != null) {
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

  /** Takes what one resolver finds, until that is replaced. */
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
      if (result == null) {
        Status nothing = unusable("null in place of a result");
        failed(nothing);
        return nothing;
      }
      Status status = onResult.apply(result);
      if (status.isOk()) {
        succeeded();
      } else {
        askLater(status);
      }
      return status;
    }

    @Override
    public void onError(Status error) {
      context.sync().execute(() -> {
        if (resolver == current) {
          boolean usable = error != null && !error.isOk();
          failed(usable ? error : unusable(error + " in place of an error"));
        }
      });
    }

    private Status unusable(String answer) {
      return Status.UNAVAILABLE.withDescription(
          "The name resolver of " + context.options().target().text() + " returned " + answer);
    }
  }

  /** The offload executor of one resolver: a look-up that throws there has failed, and is not lost in its log. */
  private final class LookUps implements Executor {
    private @Nullable NameResolver resolver;

    @Override
    public void execute(Runnable lookUp) {
      context.threads().offloadExecutor().execute(() -> {
        try {
          lookUp.run();
        } catch (Throwable t) {
          context.sync().execute(() -> {
            if (resolver != null && resolver == current) {
              broke(t);
            }
          });
        }
      });
    }
  }
}
