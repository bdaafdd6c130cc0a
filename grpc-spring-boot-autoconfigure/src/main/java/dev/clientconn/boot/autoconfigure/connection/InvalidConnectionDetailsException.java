// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;
import dev.clientconn.boot.autoconfigure.TargetNames;
import java.util.Collection;

/** Thrown if the connection details of a target cannot be used. */
public final class InvalidConnectionDetailsException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  InvalidConnectionDetailsException(String message, String action) {
    super(message, action);
  }

  static InvalidConnectionDetailsException unusable(String target, String source, String reason) {
    return new InvalidConnectionDetailsException(
        "The connection details of the gRPC target '%s' from %s cannot be used: %s"
            .formatted(target, source, reason),
        "Correct them, or remove the bean: then the properties of the target apply.");
  }

  /** Describes details whose {@code getTargets()} has thrown, or returns or contains null. */
  static InvalidConnectionDetailsException withoutNames(String source, RuntimeException thrown) {
    InvalidConnectionDetailsException described = new InvalidConnectionDetailsException(
        "The connection details from %s do not say for which gRPC targets they are: %s"
            .formatted(source, thrown),
        "Let getTargets() return names of targets, or an empty set.");
    described.initCause(thrown);
    return described;
  }

  static InvalidConnectionDetailsException unknown(
      String target, String source, Collection<String> known) {
    String meant =
        TargetNames.nearest(target, known).map(" Did you mean '%s'?"::formatted).orElse("");
    return new InvalidConnectionDetailsException(
        "The connection details from %s are for the gRPC target '%s', which is not configured.%s%s"
            .formatted(source, target, meant, list(known)),
        "Correct the name, or configure the target: grpc.client.targets.%s needs at least one key."
            .formatted(target));
  }

  static InvalidConnectionDetailsException several(String target, String first, String second) {
    return new InvalidConnectionDetailsException(
        "The gRPC target '%s' has connection details from %s, and also from %s."
            .formatted(target, first, second),
        "Keep one of them for this target.");
  }

  /** Lists the targets in a sentence. */
  static String list(Collection<String> known) {
    return known.isEmpty()
        ? " There is no target below grpc.client.targets."
        : " Configured: %s.".formatted(String.join(", ", known));
  }
}
