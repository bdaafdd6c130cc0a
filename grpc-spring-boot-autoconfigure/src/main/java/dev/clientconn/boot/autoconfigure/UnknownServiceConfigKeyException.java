// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/** Thrown if a configured service config has a key that service configs do not have. */
final class UnknownServiceConfigKeyException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  UnknownServiceConfigKeyException(
      ConfigurationProperty property, String key, ServiceConfigKeys place) {
    super(
        "A key of a service config is unknown:" + PropertyText.of(property, reason(key, place)),
        "Remove or correct it.");
  }

  private static String reason(String key, ServiceConfigKeys place) {
    if (place.names().isEmpty()) {
      return "There is a value in the place of '%s', not a group of keys.".formatted(key);
    }
    return place
        .nearest(key)
        .map(nearest -> "There is no key '%s' here. Did you mean '%s'?".formatted(key, nearest))
        .orElseGet(() -> "There is no key '%s' here. Known keys: %s."
            .formatted(key, String.join(", ", place.names())));
  }
}
