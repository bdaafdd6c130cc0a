// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Holds what a call has that first finds out which service config it has, and then forwards. */
@CrossesThreads
abstract class GatedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {
  final MethodDescriptor<ReqT, RespT> method;
  final CallOptions options;
  final CallEnvironment environment;
  final Context context = Context.current();

  /** The call that all methods forward to, as soon as there is one. */
  volatile @Nullable ClientCall<ReqT, RespT> delegate;

  GatedCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, CallEnvironment environment) {
    this.method = method;
    this.options = options;
    this.environment = environment;
  }

  /** Where the listener runs. */
  final Executor executor() {
    Executor own = options.getExecutor();
    return own == null ? environment.executor() : own;
  }

  /** False while there is no call to forward to; {@code onReady} follows. */
  @Override
  public final boolean isReady() {
    ClientCall<ReqT, RespT> call = delegate;
    return call != null && call.isReady();
  }

  @Override
  public final Attributes getAttributes() {
    ClientCall<ReqT, RespT> call = delegate;
    return call == null ? Attributes.EMPTY : call.getAttributes();
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "{" + method.getFullMethodName() + "}";
  }
}
