// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.resolver.GuardedProxyDetector;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
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
 * Runs the channel's name resolver: starts it when the channel exits idle, refreshes it when {@link
 * LookUpSchedule} decides so, retries with growing delays after a failure, makes a new one after
 * each idle period. It does not interpret results. A resolver that throws, itself or in a look-up
 * on the offload executor, has failed to resolve, and a new resolver makes the next attempt.
 */
@SyncContextConfined
final class ResolverWrapper {

  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final ChannelContext context;
  private final Function<ResolutionResult, Status> onResult;
  private final Consumer<Status> onError;
  private final String authority;

  private @Nullable NameResolver prepared;
  /** Absent before the start, after the shutdown, and until one that threw is replaced. */
  private @Nullable NameResolver current;

  private boolean running;
  private ExponentialBackoff backoff;
  private @Nullable ScheduledHandle retry;
  private final GuardedProxyDetector proxies;
  private final LookUpReport report;
  private final LookUpSchedule schedule;

  /**
   * Makes the first resolver, without starting it, so that a bad target fails here and the
   * authority is known. Both functions are called in the sync context.
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
    this.proxies = context.newProxies();
    this.report = new LookUpReport(context);
    this.schedule = new LookUpSchedule(context, this::lookUpUnlessRetrying);
    NameResolver resolver = newResolver();
    this.prepared = resolver;
    String override = context.options().authorityOverride();
    this.authority = override == null ? authorityOf(resolver) : override;
  }

  /** A resolver without an authority makes no channel, whose shutdown would be its own. */
  private static String authorityOf(NameResolver resolver) {
    try {
      return Objects.requireNonNull(
          resolver.getServiceAuthority(), () -> resolver + " has no authority");
    } catch (Throwable t) {
      shutdown(resolver);
      throw t;
    }
  }

  private NameResolver newResolver() {
    GuardedOffloadExecutor offload = new GuardedOffloadExecutor();
    NameResolver resolver =
        context.options().target().newResolver(context.resolverArgs(offload, proxies));
    offload.resolver = resolver;
    return resolver;
  }

  String authority() {
    return authority;
  }

  void start() {
    running = true;
    schedule.lookedUp();
    report.begin();
    try {
      NameResolver resolver = prepared == null ? newResolver() : prepared;
      prepared = null;
      current = resolver;
      resolver.start(new Listener(resolver));
    } catch (Throwable t) {
      resolverThrew(t);
    }
  }

  /** Resolves again, after the minimum interval and unless a retry is scheduled. */
  void refresh() {
    if (running && retry == null) {
      schedule.request();
    }
  }

  /** The delay of a retry must pass first. */
  private void lookUpUnlessRetrying() {
    if (running && retry == null) {
      lookUp();
    }
  }

  private void lookUp() {
    if (current == null) {
      start();
      return;
    }
    schedule.lookedUp();
    report.begin();
    try {
      current.refresh();
    } catch (Throwable t) {
      resolverThrew(t);
    }
  }

  /** A resolver that threw may believe for ever that it is resolving: it is not used again. */
  private void resolverThrew(Throwable thrown) {
    shutdownCurrent();
    failed(Status.UNAVAILABLE
        .withDescription(
            "Name resolution of " + context.options().target().text() + " failed: " + thrown)
        .withCause(thrown));
  }

  private void shutdownCurrent() {
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

  /** Resolves again at once, after a failure and after a success: the network may have changed. */
  void resetBackoff() {
    backoff = context.newBackoff();
    cancelRetry();
    lookUpUnlessRetrying();
  }

  void shutdown() {
    cancelRetry();
    schedule.stop();
    backoff = context.newBackoff();
    running = false;
    shutdownCurrent();
  }

  /** Shuts down for good, with a resolver that was never started, too. */
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
    report.failed(error);
    onError.accept(error);
    scheduleRetry(error);
  }

  private void scheduleRetry(Status error) {
    // The policy may have thrown on the failure, which shuts this down.
    if (!running || retry != null) {
      return;
    }
    long delay = backoff.nextNanos();
    report.retryScheduled(error, delay);
    retry = context
        .sync()
        .schedule(
            () -> {
              retry = null;
              lookUpUnlessRetrying();
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

  /** Listens to one resolver; ignores its events after it has been replaced. */
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
      ResolutionResult explained = explain(result);
      Status status = onResult.apply(explained);
      report.onResult(explained, status);
      if (status.isOk()) {
        succeeded();
      } else {
        scheduleRetry(status);
      }
      return status;
    }

    @Override
    public void onError(Status error) {
      context.sync().execute(() -> {
        if (resolver == current) {
          boolean usable = error != null && !error.isOk();
          failed(
              usable
                  ? GuardedProxyDetector.explain(error)
                  : unusable(error + " in place of an error"));
        }
      });
    }

    private ResolutionResult explain(ResolutionResult result) {
      StatusOr<?> addresses = result.getAddressesOrError();
      return addresses.hasValue()
          ? result
          : result.toBuilder()
              .setAddressesOrError(
                  StatusOr.fromStatus(GuardedProxyDetector.explain(addresses.getStatus())))
              .build();
    }

    private Status unusable(String result) {
      return Status.UNAVAILABLE.withDescription(
          "The name resolver of " + context.options().target().text() + " returned " + result);
    }
  }

  /**
   * Runs the look-ups of one resolver. One that throws has failed; its executor would only log it.
   */
  private final class GuardedOffloadExecutor implements Executor {
    private @Nullable NameResolver resolver;

    @Override
    public void execute(Runnable lookUp) {
      context.threads().offloadExecutor().execute(() -> {
        try {
          lookUp.run();
        } catch (Throwable t) {
          context.sync().execute(() -> {
            if (resolver != null && resolver == current) {
              resolverThrew(t);
            }
          });
        }
      });
    }
  }
}
