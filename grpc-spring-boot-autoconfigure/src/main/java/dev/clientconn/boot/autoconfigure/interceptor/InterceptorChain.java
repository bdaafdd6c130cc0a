// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls through a list of interceptors that is looked up later than the channel is built: an
 * interceptor may inject a client itself, which needs the channel.
 *
 * <p>There is no lock: a look-up creates beans, and a thread that creates beans may make a call and
 * wait for the same lock. Two first calls at the same time may both look the interceptors up; the
 * result of one of them is used.
 */
@CrossesThreads
final class InterceptorChain {

  /** Marks the options of a call that has passed the interceptors of its client. */
  static final InterceptorChain PASSED = new InterceptorChain("", target -> List.of());

  private final String owner;

  private final Lookup lookup;

  private volatile @Nullable Prepared prepared;

  private volatile @Nullable Intercepted intercepted;

  /**
   * Creates the chain of a channel or client.
   *
   * @param owner the channel or client, for messages
   * @param lookup looks the interceptors up
   */
  InterceptorChain(String owner, Lookup lookup) {
    this.owner = owner;
    this.lookup = lookup;
  }

  /** Looks the interceptors up. Throws what the creation of an interceptor throws. */
  List<ClientInterceptor> prepare(@Nullable TargetInterceptors target) {
    Prepared known = this.prepared;
    if (known == null || known.target != target) {
      known = new Prepared(target, ofTarget(target, this.lookup.interceptors(target)));
      this.prepared = known;
    }
    return known.interceptors;
  }

  private static List<ClientInterceptor> ofTarget(
      @Nullable TargetInterceptors target, List<NamedInterceptor> interceptors) {
    return interceptors.stream()
        .map(each -> target == null ? each : each.forTarget(target.target()))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Returns the interceptors, the outermost one first; null before the first look-up. */
  @Nullable
  List<ClientInterceptor> known() {
    Prepared known = this.prepared;
    return known == null ? null : known.interceptors;
  }

  /**
   * Makes a call. The channel is usually the one of the call before; it is another one after the
   * settings of the target have changed.
   */
  <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method,
      CallOptions options,
      Channel next,
      @Nullable TargetInterceptors target) {
    Intercepted known = this.intercepted;
    if (known == null || known.next != next) {
      try {
        known = new Intercepted(next, ClientInterceptors.interceptForward(next, prepare(target)));
      } catch (Throwable failure) {
        // The next call tries again: the failure may be a bean that is still being created.
        return FailedCall.because(
            "The interceptors of %s cannot be created".formatted(this.owner), failure);
      }
      this.intercepted = known;
    }
    return known.channel.newCall(method, options);
  }

  /** Looks the interceptors of a client up, the outermost one first. */
  @FunctionalInterface
  interface Lookup {

    List<NamedInterceptor> interceptors(@Nullable TargetInterceptors target);
  }

  private record Prepared(
      @Nullable TargetInterceptors target, List<ClientInterceptor> interceptors) {}

  private record Intercepted(Channel next, Channel channel) {}
}
