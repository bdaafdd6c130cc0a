// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown if the address of a proxy has a login. Unlike the message of Boot for invalid values, this
 * one does not show the value.
 */
final class InvalidProxyException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private InvalidProxyException(String message, String action) {
    super(message, action);
  }

  static InvalidProxyException ofLogin(TargetSettings settings) {
    ConfigurationProperty property = settings.property("proxy.address");
    String reason = "The address of a proxy has no login.";
    return new InvalidProxyException(
        "The proxy of the gRPC target '%s' cannot be used:%s"
            .formatted(
                settings.name(),
                property == null ? " " + reason : PropertyText.ofSecret(property, reason)),
        "Write the address only, and the login by proxy.username and proxy.password.");
  }
}
