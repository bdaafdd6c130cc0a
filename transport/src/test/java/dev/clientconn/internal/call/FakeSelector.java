// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.ServiceConfigParser;
import dev.clientconn.testing.Throwing;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Selects what the test asks for, for every call, through an interceptor that counts. */
public final class FakeSelector extends InternalConfigSelector {
  /** The option that the interceptor sets, as xDS sets the cluster. */
  public static final CallOptions.Key<String> CLUSTER = CallOptions.Key.create("cluster");

  public final List<PickSubchannelArgs> selections = new ArrayList<>();
  /** Replaces the result, if set. */
  public @Nullable Result result;

  public boolean returnsNull;
  public @Nullable Throwable throwsOnSelect;
  public @Nullable Throwable throwsOnIntercept;
  /** Thrown by the interceptor, after it has started a call itself. */
  public @Nullable Throwable startsCallAndThrows;

  public boolean interceptsWithNull;
  /** The interceptor ends the call with this, without a call below. */
  public @Nullable Status endsBeforeStart;

  public @Nullable Throwable throwsBeforeStart;
  public @Nullable Throwable throwsAfterStart;
  public Runnable duringSelect = () -> {};
  public Runnable duringIntercept = () -> {};
  private Map<String, ?> config = Map.of();
  private final Interceptor interceptor = new Interceptor();

  /** The timeout of all methods, such as "1.5s". */
  public FakeSelector timeout(String timeout) {
    return methodConfig(Map.of("name", List.of(Map.of()), "timeout", timeout));
  }

  public FakeSelector methodConfig(Map<String, ?> methodConfig) {
    config = Map.of("methodConfig", List.of(methodConfig));
    return this;
  }

  public FakeSelector failing(Status status) {
    result = Result.forError(status);
    return this;
  }

  @Override
  @SuppressWarnings("NullAway") // as foreign code may
  public Result selectConfig(PickSubchannelArgs args) {
    selections.add(args);
    duringSelect.run();
    if (throwsOnSelect != null) {
      throw Throwing.raise(throwsOnSelect);
    }
    if (returnsNull) {
      return null;
    }
    return result != null
        ? result
        : Result.newBuilder()
            .setConfig(new ServiceConfigParser("pick_first").parse(config))
            .setInterceptor(interceptor)
            .build();
  }

  private final class Interceptor implements ClientInterceptor {
    @Override
    @SuppressWarnings("NullAway") // as foreign code may
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      duringIntercept.run();
      if (throwsOnIntercept != null) {
        throw Throwing.raise(throwsOnIntercept);
      }
      if (startsCallAndThrows != null) {
        next.newCall(method, options).start(new ClientCall.Listener<>() {}, new Metadata());
        throw Throwing.raise(startsCallAndThrows);
      }
      if (interceptsWithNull) {
        return null;
      }
      CallOptions selected = options.withOption(CLUSTER, "cluster-" + selections.size());
      return new SimpleForwardingClientCall<>(next.newCall(method, selected)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          if (endsBeforeStart != null) {
            listener.onClose(endsBeforeStart, new Metadata());
          }
          if (throwsBeforeStart != null) {
            throw Throwing.raise(throwsBeforeStart);
          }
          if (endsBeforeStart == null) {
            super.start(listener, headers);
          }
          if (throwsAfterStart != null) {
            throw Throwing.raise(throwsAfterStart);
          }
        }
      };
    }
  }
}
