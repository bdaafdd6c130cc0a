// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/** Thrown if a configured service config has a value that gRPC does not allow there. */
final class InvalidServiceConfigException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  InvalidServiceConfigException(String target, ConfigurationProperty property, String reason) {
    super(
        "The service config of the gRPC target '%s' is invalid:".formatted(target)
            + PropertyText.of(property, reason),
        "Correct the value.");
  }
}
