// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/** A target is configured but nothing says where it is. */
public class MissingTargetAddressException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  MissingTargetAddressException(TargetSettings settings) {
    super(
        "The gRPC target '%s' has settings but no address.".formatted(settings.name())
            + settings.own().stream().map(PropertyText::of).collect(Collectors.joining()),
        "Say where it is:\n\n"
            + new YamlLines()
                .addBelowClient(
                    List.of("targets", settings.name()), "address", "dns:///<host>:<port>")
            + "\nIf '%s' is no target of yours, look for a misspelt name."
                .formatted(settings.name())
            + " In environment variables dashes are left out: the target my-service is"
            + " GRPC_CLIENT_TARGETS_MYSERVICE_ADDRESS.");
  }
}
