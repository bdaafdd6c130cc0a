// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Thrown if the names of two targets differ only in case or dashes. */
public class DuplicateTargetNameException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  DuplicateTargetNameException(ConfigurationProperty first, ConfigurationProperty second) {
    super(
        ("The gRPC targets '%s' and '%s' are the same, because case and dashes of a name"
                    + " do not matter.")
                .formatted(name(first), name(second))
            + PropertyText.of(first)
            + PropertyText.of(second),
        "Merge the two below grpc.client.targets, or rename one of them.");
  }

  private static String name(ConfigurationProperty property) {
    return property.getName().getElement(3, Form.ORIGINAL);
  }
}
