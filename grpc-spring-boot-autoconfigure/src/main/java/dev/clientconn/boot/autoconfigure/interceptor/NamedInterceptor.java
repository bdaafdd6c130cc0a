// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.springframework.util.ClassUtils;

/**
 * Calls an interceptor, and ends the call if it throws or returns null. The exception would reach
 * the caller of an asynchronous stub, which expects failures in its observer.
 *
 * @param name the bean name, or the class name if it is not a bean
 * @param isBean whether the name is that of a bean
 * @param interceptor the interceptor
 */
record NamedInterceptor(String name, boolean isBean, ClientInterceptor interceptor)
    implements ClientInterceptor {

  /** Returns the interceptor of a target, if this one differs by target. */
  NamedInterceptor forTarget(String target) {
    return this.interceptor instanceof TargetedInterceptor targeted
        ? new NamedInterceptor(this.name, this.isBean, targeted.forTarget(target))
        : this;
  }

  /** Returns the name of the class as it was written. */
  String type() {
    return ClassUtils.getUserClass(this.interceptor).getName();
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    ClientCall<ReqT, RespT> call;
    try {
      call = this.interceptor.interceptCall(method, options, next);
    } catch (Throwable thrown) {
      return FailedCall.because("The interceptor '" + this.name + "' threw", thrown);
    }
    return isMissing(call) ? missing() : call;
  }

  /** The result is never null for the compiler, but it is for some interceptors. */
  private static boolean isMissing(Object call) {
    return call == null;
  }

  private <ReqT, RespT> ClientCall<ReqT, RespT> missing() {
    return new FailedCall<>(
        Status.INTERNAL.withDescription(
            "The interceptor '%s' returned null in place of a call".formatted(this.name)),
        null);
  }
}
