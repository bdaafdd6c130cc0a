// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the interceptors of a channel: those of all clients, those of its target, and those of the
 * client that makes the call. It is the outermost interceptor of the builder. A client passes its
 * own interceptors in the options of the call, because they run inside of those of the channel.
 */
public final class TargetInterceptors implements ClientInterceptor {

  /** The chain of the client that makes the call. */
  static final CallOptions.Key<InterceptorChain> CLIENT =
      CallOptions.Key.create("dev.clientconn.boot.interceptors");

  private final String target;

  private final List<String> names;

  private final InterceptorChain chain;

  TargetInterceptors(String target, List<String> names, InterceptorBeans beans) {
    this.target = target;
    this.names = List.copyOf(names);
    String owner = "the gRPC target '" + target + "'";
    this.chain =
        new InterceptorChain(owner, self -> beans.resolve(this, InjectedInterceptors.NONE, owner));
  }

  /** The name of the target. */
  String target() {
    return this.target;
  }

  /** The bean names in the properties of the target. */
  List<String> names() {
    return this.names;
  }

  /** Whether the properties of the target list an interceptor. */
  boolean lists(NamedInterceptor interceptor) {
    return interceptor.isBean() && this.names.contains(interceptor.name());
  }

  /** Describes an interceptor that the properties list by its position there. */
  InterceptorDescription describe(NamedInterceptor listed) {
    return new InterceptorDescription(
        listed.name(),
        listed.type(),
        false,
        null,
        "number %d of the target's list".formatted(this.names.indexOf(listed.name()) + 1));
  }

  /** Creates the interceptors. Throws what that throws. */
  void prepare() {
    this.chain.prepare(this);
  }

  /** Returns the interceptors, the outermost one first; null before they are created. */
  @Nullable
  List<ClientInterceptor> known() {
    return this.chain.known();
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    InterceptorChain ofClient = options.getOption(CLIENT);
    return ofClient == null || ofClient == InterceptorChain.PASSED
        ? this.chain.newCall(method, options, next, this)
        // An interceptor may use the options for a call of another channel.
        : ofClient.newCall(method, options.withOption(CLIENT, InterceptorChain.PASSED), next, this);
  }
}
