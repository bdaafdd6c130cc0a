// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Thrown if the credentials of a target cannot be used. Unlike the message of Boot for invalid
 * values, this one does not show secrets.
 */
final class InvalidCredentialsException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private InvalidCredentialsException(String message, String action) {
    super(message, action);
  }

  static InvalidCredentialsException of(
      TargetSettings settings, List<String> leaves, String reason, String action) {
    String properties = leaves.stream()
        .map(leaf -> settings.property("credentials." + leaf))
        .filter(Objects::nonNull)
        .map(PropertyText::of)
        .collect(Collectors.joining());
    return new InvalidCredentialsException(
        "The credentials of the gRPC target '%s' cannot be used: %s%s"
            .formatted(settings.name(), reason, properties),
        action);
  }

  static InvalidCredentialsException ofBean(String message, String action) {
    return new InvalidCredentialsException(message, action);
  }
}
