// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;

/**
 * Thrown if {@link dev.clientconn.boot.GrpcClient} is in a place where Spring does not inject, or
 * if its name has a placeholder that cannot be resolved.
 */
public class MisplacedGrpcClientException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private MisplacedGrpcClientException(String message, String action) {
    super(message, action);
  }

  static MisplacedGrpcClientException onStatic(String value, Object place) {
    return new MisplacedGrpcClientException(
        "@GrpcClient(\"%s\") is on %s, which is static. Spring does not inject static members."
            .formatted(value, place),
        "Remove 'static', or inject the client into the constructor.");
  }

  static MisplacedGrpcClientException onMethod(String value, Object place, int parameters) {
    return new MisplacedGrpcClientException(
        ("@GrpcClient(\"%s\") is on %s, which has %d parameters."
                + " It can be on a method with one parameter.")
            .formatted(value, place, parameters),
        ("Put @GrpcClient(\"%s\") in front of the parameter that is the client,"
                + " and @Autowired on the method.")
            .formatted(value));
  }

  static MisplacedGrpcClientException lazy(ClientInjectionPoint point) {
    return new MisplacedGrpcClientException(
        "@Lazy next to @GrpcClient(\"%s\") in %s requires a proxy of %s, which is final."
            .formatted(point.value(), point.place(), point.type().getName()),
        "Remove @Lazy: a client connects on its first call anyway."
            + " If the bean itself must be created later, inject ObjectProvider<%s>."
                .formatted(point.type().getSimpleName()));
  }

  static MisplacedGrpcClientException interceptorsOnSharedChannel(ClientInjectionPoint point) {
    return new MisplacedGrpcClientException(
        ("@GrpcClient(\"%s\") in %s names interceptors, but its type is %s."
                + " All clients of a target share it, so it has no interceptors of one client.")
            .formatted(point.value(), point.place(), point.type().getName()),
        "Inject io.grpc.Channel or a stub, or list the interceptors in the properties of the"
            + " target: grpc.client.targets.<name>.interceptors.");
  }

  static MisplacedGrpcClientException placeholder(
      ClientInjectionPoint point, RuntimeException unresolved) {
    MisplacedGrpcClientException exception = new MisplacedGrpcClientException(
        "@GrpcClient(\"%s\") in %s has a placeholder without a value."
            .formatted(point.value(), point.place()),
        "Set the property, or write a default after a colon: ${<property>:<name of a target>}.");
    exception.initCause(unresolved);
    return exception;
  }
}
