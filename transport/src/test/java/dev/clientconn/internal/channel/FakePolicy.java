// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.testing.Throwing;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy with one subchannel, connected at once; each of its methods throws if a test sets that.
 */
public final class FakePolicy extends LoadBalancerProvider {
  public static final String NAME = "fake_policy";

  @SuppressWarnings("NullAway") // as foreign code may
  public static final Function<PickSubchannelArgs, PickResult> NULL_PICKER = args -> null;

  /**
   * Decides picks once the subchannel is READY; {@code null} for a policy that publishes no picker.
   */
  public @Nullable Function<PickSubchannelArgs, PickResult> picker =
      args -> PickResult.withSubchannel(subchannel());

  public boolean returnsNull;
  /** What its subchannel has reported. */
  public final List<ConnectivityState> states = new ArrayList<>();

  private final Map<String, Throwable> failures = new HashMap<>();
  private LoadBalancer.@Nullable Helper helper;
  private @Nullable Subchannel subchannel;

  public void register() {
    LoadBalancerRegistry.getDefaultRegistry().register(this);
  }

  public void deregister() {
    LoadBalancerRegistry.getDefaultRegistry().deregister(this);
  }

  /** Lets a method of the policy throw each time that it is called. */
  public void throwFrom(String method, Throwable failure) {
    failures.put(method, failure);
  }

  private void on(String method) {
    Throwable failure = failures.get(method);
    if (failure != null) {
      throw Throwing.raise(failure);
    }
  }

  public Subchannel subchannel() {
    return Objects.requireNonNull(subchannel, "no addresses were sent yet");
  }

  public LoadBalancer.Helper helper() {
    return Objects.requireNonNull(helper, "no policy was made yet");
  }

  /** Publishes the picker of now in the sync context. */
  public void publish(ConnectivityState state) {
    LoadBalancer.Helper to = Objects.requireNonNull(helper);
    to.getSynchronizationContext().execute(() -> update(to, state));
  }

  @SuppressWarnings("NullAway") // as foreign code may
  private void update(LoadBalancer.Helper to, ConnectivityState state) {
    Function<PickSubchannelArgs, PickResult> now = picker;
    to.updateBalancingState(
        state,
        now == null
            ? null
            : new SubchannelPicker() {
              @Override
              public PickResult pickSubchannel(PickSubchannelArgs args) {
                return now.apply(args);
              }
            });
  }

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int getPriority() {
    return 5;
  }

  @Override
  public String getPolicyName() {
    return NAME;
  }

  @Override
  public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> raw) {
    on("parseLoadBalancingPolicyConfig");
    return ConfigOrError.fromConfig("none");
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper with) {
    on("newLoadBalancer");
    helper = with;
    subchannel = null;
    return new Policy(with);
  }

  private final class Policy extends LoadBalancer {
    private final Helper with;

    Policy(Helper with) {
      this.with = with;
    }

    @Override
    @SuppressWarnings("NullAway") // as foreign code may
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
      on("acceptResolvedAddresses");
      if (subchannel == null) {
        Subchannel made = with.createSubchannel(CreateSubchannelArgs.newBuilder()
            .setAddresses(addresses.getAddresses())
            .build());
        subchannel = made;
        made.start(state -> {
          states.add(state.getState());
          on("onSubchannelState");
          if (state.getState() == ConnectivityState.READY) {
            update(with, ConnectivityState.READY);
          }
        });
        made.requestConnection();
      }
      return returnsNull ? null : Status.OK;
    }

    @Override
    public void handleNameResolutionError(Status error) {
      on("handleNameResolutionError");
      with.updateBalancingState(
          ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
    }

    @Override
    public void shutdown() {
      on("shutdown");
      if (subchannel != null) {
        subchannel.shutdown();
      }
    }
  }
}
