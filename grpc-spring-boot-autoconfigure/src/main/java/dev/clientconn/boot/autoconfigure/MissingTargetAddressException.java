// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown if a target has settings but no address. */
public class MissingTargetAddressException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  MissingTargetAddressException(TargetSettings settings) {
    super(
        "The gRPC target '%s' has settings but no address.".formatted(settings.name())
            + settings.own().stream().map(PropertyText::of).collect(Collectors.joining()),
        "Configure the address:\n\n"
            + new YamlLines()
                .addBelowClient(
                    List.of("targets", settings.name()), "address", "dns:///<host>:<port>")
            + "\nIf '%s' is not one of your targets, check the spelling of the names."
                .formatted(settings.name())
            + " Leave out dashes in environment variables: the target my-service is"
            + " GRPC_CLIENT_TARGETS_MYSERVICE_ADDRESS.");
  }
}
