// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the convention of an application. Where it throws or returns null, Micrometer's own
 * convention gives the value: an observation that has started must end completely, or its span and
 * its timer would never end.
 *
 * @param convention the convention of the application
 * @param failures logs what the convention throws
 */
record GuardedConvention(GrpcClientObservationConvention convention, ObservationFailures failures)
    implements GrpcClientObservationConvention {

  static final GrpcClientObservationConvention DEFAULT =
      new DefaultGrpcClientObservationConvention();

  @Override
  public String getName() {
    return guard(this.convention::getName, DEFAULT::getName);
  }

  @Override
  public String getContextualName(GrpcClientObservationContext context) {
    return guard(() -> this.convention.getContextualName(context), context::getFullMethodName);
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(GrpcClientObservationContext context) {
    return guard(
        () -> this.convention.getLowCardinalityKeyValues(context),
        () -> DEFAULT.getLowCardinalityKeyValues(context));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(GrpcClientObservationContext context) {
    return guard(() -> this.convention.getHighCardinalityKeyValues(context), KeyValues::empty);
  }

  private <T> T guard(Supplier<@Nullable T> value, Supplier<T> otherwise) {
    try {
      T result = value.get();
      return result == null ? otherwise.get() : result;
    } catch (Throwable thrown) {
      this.failures.log("the convention " + this.convention.getClass().getName(), thrown);
      return otherwise.get();
    }
  }
}
