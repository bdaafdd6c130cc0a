// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;

/**
 * {@link dev.clientconn.boot.GrpcClient} stands where Spring does not inject, or has a name that
 * cannot be resolved.
 */
public class MisplacedGrpcClientException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private MisplacedGrpcClientException(String message, String action) {
    super(message, action);
  }

  static MisplacedGrpcClientException onStatic(String value, Object place) {
    return new MisplacedGrpcClientException(
        "@GrpcClient(\"%s\") stands on %s, which is static. Spring injects nothing there."
            .formatted(value, place),
        "Remove 'static', or ask for the client in the constructor.");
  }

  static MisplacedGrpcClientException onMethod(String value, Object place, int parameters) {
    return new MisplacedGrpcClientException(
        ("@GrpcClient(\"%s\") stands on %s, which has %d parameters."
                + " It can stand on a method with one.")
            .formatted(value, place, parameters),
        ("Put @GrpcClient(\"%s\") before the parameter that is the client,"
                + " and @Autowired on the method.")
            .formatted(value));
  }

  static MisplacedGrpcClientException lazy(ClientInjectionPoint point) {
    return new MisplacedGrpcClientException(
        "@Lazy beside @GrpcClient(\"%s\") in %s asks for a proxy of %s, which is final."
            .formatted(point.value(), point.place(), point.type().getName()),
        "Remove @Lazy: a client connects with its first call anyway."
            + " Where the bean itself must come later, ask for ObjectProvider<%s>."
                .formatted(point.type().getSimpleName()));
  }

  static MisplacedGrpcClientException placeholder(ClientInjectionPoint point, RuntimeException unresolved) {
    MisplacedGrpcClientException exception = new MisplacedGrpcClientException(
        "@GrpcClient(\"%s\") in %s names a placeholder that has no value."
            .formatted(point.value(), point.place()),
        "Set the property, or write a default behind a colon: ${<property>:<name of a target>}.");
    exception.initCause(unresolved);
    return exception;
  }
}
