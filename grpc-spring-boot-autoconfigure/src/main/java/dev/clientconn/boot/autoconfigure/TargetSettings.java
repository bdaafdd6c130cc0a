// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.function.UnaryOperator;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What holds for one target.
 *
 * @param name its configured name, or its address where it has none
 * @param values the merged settings; not to be changed
 * @param keys gives the configuration key from which a leaf such as {@code ssl.bundle} was taken
 */
record TargetSettings(String name, GrpcClientProperties.Target values, UnaryOperator<String> keys) {

  /**
   * Where to connect to.
   *
   * @throws MissingTargetAddressException if the configuration does not say it
   */
  String address() {
    String address = this.values.getAddress();
    if (address == null || address.isBlank()) {
      throw new MissingTargetAddressException(this.name);
    }
    return address.strip();
  }

  InvalidConfigurationPropertyValueException invalid(String leaf, Object value, String reason) {
    return new InvalidConfigurationPropertyValueException(this.keys.apply(leaf), value, reason);
  }

  /** The lines that set something for this target, or for all where it has no name. */
  String yaml(String group, String line) {
    boolean named = !this.name.equals(address());
    String template = named ? """
                  grpc:
                    client:
                      targets:
                        %1$s:
                          %2$s:
                            %3$s
              """ : """
                  grpc:
                    client:
                      defaults:
                        %2$s:
                          %3$s
              """;
    return template.formatted(this.name, group, line);
  }
}
