// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Resolves the instances of a service for one channel. Look-ups run on the channel's executor for
 * blocking work, one at a time; all fields belong to the channel's synchronization context.
 *
 * <p>A look-up that fails, that returns no usable instance or that takes too long is a failed name
 * resolution, as of DNS: the channel keeps the connections that it has, calls without one fail or
 * wait, and the channel repeats the look-up with backoff. There is one warning until a look-up
 * succeeds again: a registry may be away for long.
 */
final class DiscoveryNameResolver extends NameResolver {

  private static final Log logger = LogFactory.getLog(DiscoveryNameResolver.class);

  /** Calls must not wait for a look-up that never ends. */
  private static final long PATIENCE_SECONDS = 10;

  private final String service;

  private final ServiceLookUp lookUp;

  private final ActiveResolvers active;

  private final SynchronizationContext sync;

  private final Executor offload;

  private final ScheduledExecutorService timer;

  private final ServiceConfigParser configs;

  private @Nullable Listener2 listener;

  private @Nullable ScheduledHandle patience;

  private boolean lookingUp;

  /** Whether there was another request during the look-up, whose result may be older. */
  private boolean again;

  private boolean warned;

  DiscoveryNameResolver(
      String service, ServiceLookUp lookUp, ActiveResolvers active, NameResolver.Args args) {
    this.service = service;
    this.lookUp = lookUp;
    this.active = active;
    this.sync = args.getSynchronizationContext();
    this.offload = Objects.requireNonNull(args.getOffloadExecutor());
    this.timer = args.getScheduledExecutorService();
    this.configs = args.getServiceConfigParser();
  }

  @Override
  public String getServiceAuthority() {
    return this.service;
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    this.active.add(this);
    resolve();
  }

  @Override
  public void refresh() {
    resolve();
  }

  void refreshFromAnyThread() {
    this.sync.execute(this::resolve);
  }

  @Override
  public void shutdown() {
    this.active.remove(this);
    this.listener = null;
    cancelPatience();
  }

  private void resolve() {
    if (this.listener == null) {
      return;
    }
    if (this.lookingUp) {
      this.again = true;
      return;
    }
    this.lookingUp = true;
    this.patience =
        this.sync.schedule(this::takesTooLong, PATIENCE_SECONDS, TimeUnit.SECONDS, this.timer);
    this.offload.execute(this::run);
  }

  /** Runs on the executor for blocking work. */
  private void run() {
    Runnable outcome;
    try {
      List<ServiceInstance> instances = this.lookUp.instances(this.service);
      InstanceAddresses addresses = InstanceAddresses.of(instances == null ? List.of() : instances);
      outcome = () -> resolved(addresses);
    } catch (Throwable thrown) {
      outcome = () -> failed(Status.UNAVAILABLE
          .withDescription("The discovery client failed to look up the service '%s': %s"
              .formatted(this.service, thrown))
          .withCause(thrown));
    }
    Runnable delivered = outcome;
    this.sync.execute(() -> end(delivered));
  }

  private void end(Runnable outcome) {
    this.lookingUp = false;
    cancelPatience();
    outcome.run();
    if (this.again) {
      this.again = false;
      resolve();
    }
  }

  private void cancelPatience() {
    if (this.patience != null) {
      this.patience.cancel();
      this.patience = null;
    }
  }

  private void takesTooLong() {
    failed(Status.UNAVAILABLE.withDescription(
        "The discovery client has not returned the instances of the service '%s' for %d s"
            .formatted(this.service, PATIENCE_SECONDS)));
  }

  private void resolved(InstanceAddresses addresses) {
    if (addresses.groups().isEmpty()) {
      failed(Status.UNAVAILABLE.withDescription(noInstances(addresses.problems())));
      return;
    }
    if (this.listener == null) {
      return;
    }
    if (addresses.problems().isEmpty()) {
      this.warned = false;
    } else {
      warn("Instances of the service '%s' were left out: %s"
          .formatted(this.service, String.join("; ", addresses.problems())));
    }
    ResolutionResult.Builder result =
        ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(addresses.groups()));
    String config = addresses.serviceConfig();
    if (config != null) {
      result.setServiceConfig(parse(config));
    }
    this.listener.onResult2(result.build());
  }

  private String noInstances(List<String> problems) {
    return problems.isEmpty()
        ? "The discovery client knows no instance of the service '%s'".formatted(this.service)
        : "The discovery client knows no usable instance of the service '%s': %s"
            .formatted(this.service, String.join("; ", problems));
  }

  private ConfigOrError parse(String json) {
    try {
      return this.configs.parseServiceConfig(JsonParserFactory.getJsonParser().parseMap(json));
    } catch (RuntimeException noJson) {
      return ConfigOrError.fromError(Status.UNAVAILABLE
          .withDescription("The service config of the service '%s' is no JSON: %s"
              .formatted(this.service, noJson.getMessage()))
          .withCause(noJson));
    }
  }

  private void failed(Status error) {
    if (this.listener != null) {
      warn(error.getDescription() + ". The gRPC channels of discovery:///" + this.service
          + " keep the connections that they have, and try again.");
      this.listener.onError(error);
    }
  }

  private void warn(String message) {
    if (!this.warned) {
      this.warned = true;
      logger.warn(message);
    }
  }
}
