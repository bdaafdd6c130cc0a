// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.observation;

import io.grpc.Status;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * Names observations of calls as OpenTelemetry's semantic conventions for RPC do, version 1.44.0,
 * where they are a release candidate. {@code grpc.client.observation.convention: otel} selects it;
 * an application that wants other keys can extend it and make a bean of its class.
 */
public class OpenTelemetryGrpcClientObservationConvention
    implements GrpcClientObservationConvention {

  private static final KeyValue SYSTEM = KeyValue.of("rpc.system.name", "grpc");

  /** The value of {@code rpc.method} where the method is not known. */
  private static final String OTHER = "_OTHER";

  /** Creates the convention. */
  public OpenTelemetryGrpcClientObservationConvention() {}

  @Override
  public String getName() {
    return "rpc.client.call.duration";
  }

  @Override
  public String getContextualName(GrpcClientObservationContext context) {
    String method = method(context);
    return method.equals(OTHER) ? SYSTEM.getValue() : method;
  }

  /**
   * Returns the attributes of the duration. {@code rpc.status_code} is absent until the call has
   * ended, {@code error.type} unless it has failed, {@code server.port} if the authority has none.
   */
  @Override
  public KeyValues getLowCardinalityKeyValues(GrpcClientObservationContext context) {
    KeyValues values = KeyValues.of(
        SYSTEM,
        KeyValue.of("rpc.method", method(context)),
        KeyValue.of("server.address", address(context)));
    Integer port = context.getPeerPort();
    if (port != null && port >= 0) {
      values = values.and("server.port", port.toString());
    }
    Status.Code code = context.getStatusCode();
    if (code != null) {
      values = values.and("rpc.status_code", code.name());
    }
    String error = errorType(context);
    return error == null ? values : values.and("error.type", error);
  }

  private static String method(GrpcClientObservationContext context) {
    // The getter is not annotated as nullable, but is null until the method is set.
    String method = context.getFullMethodName();
    return isBlank(method) ? OTHER : method;
  }

  private static String address(GrpcClientObservationContext context) {
    String host = context.getPeerName();
    String address = host == null ? context.getAuthority() : host;
    return isBlank(address) ? GrpcClientObservationConvention.UNKNOWN : address;
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private static @Nullable String errorType(GrpcClientObservationContext context) {
    Status.Code code = context.getStatusCode();
    if (code != null) {
      return code == Status.Code.OK ? null : code.name();
    }
    Throwable error = context.getError();
    return error == null ? null : error.getClass().getName();
  }
}
