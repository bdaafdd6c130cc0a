// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Collection;
import java.util.List;

/** Thrown if a name is neither that of a target nor an address. */
public class UnknownGrpcTargetException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param name the name that no target has
   * @param configured the names of the targets there are
   */
  public UnknownGrpcTargetException(String name, Collection<String> configured) {
    this("No gRPC target is named '%s'.".formatted(name), name, configured);
  }

  /**
   * Creates the exception with a message that says where the name is used.
   *
   * @param message what is wrong; the names of the targets are added
   * @param name the name that no target has
   * @param configured the names of the targets there are
   */
  public UnknownGrpcTargetException(String message, String name, Collection<String> configured) {
    super(message + " " + list(configured), action(name, configured));
  }

  private static String list(Collection<String> configured) {
    return configured.isEmpty()
        ? "No targets are configured below grpc.client.targets."
        : "Configured below grpc.client.targets: " + String.join(", ", configured) + ".";
  }

  private static String action(String name, Collection<String> configured) {
    String target = name.isBlank() ? "<name>" : name;
    String add = "configure the target:\n\n"
        + new YamlLines()
            .addBelowClient(List.of("targets", target), "address", "dns:///<host>:<port>")
        + "\nYou can also use an address as the name, for example dns:///<host>:<port>.";
    if (name.isBlank()) {
      return "Write a name between the quotes, and c" + add.substring(1);
    }
    return TargetNames.nearest(name, configured)
        .map(nearest -> "Did you mean '%s'? If not, %s".formatted(nearest, add))
        .orElse("C" + add.substring(1));
  }
}
