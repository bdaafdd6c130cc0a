// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Collection;

/** A name is used that no target has, and that is no address either. */
public class UnknownGrpcTargetException extends GrpcClientConfigurationException {

  public UnknownGrpcTargetException(String name, Collection<String> configured) {
    this("No gRPC target is named '%s'.".formatted(name), name, configured);
  }

  public UnknownGrpcTargetException(String message, String name, Collection<String> configured) {
    super(message + " " + list(configured), action(name, configured));
  }

  private static String list(Collection<String> configured) {
    return configured.isEmpty()
        ? "There is no target below grpc.client.targets."
        : "Below grpc.client.targets there is: " + String.join(", ", configured) + ".";
  }

  private static String action(String name, Collection<String> configured) {
    String add = """
        configure the target:

            grpc:
              client:
                targets:
                  %s:
                    address: dns:///<host>:<port>

        An address can also stand in place of the name, for example dns:///<host>:<port>.""".formatted(name);
    return TargetNames.nearest(name, configured)
        .map(nearest -> "Did you mean '%s'? If not, %s".formatted(nearest, add))
        .orElse("C" + add.substring(1));
  }
}
