// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

/** Two targets have names that differ in case or dashes only. */
public class DuplicateTargetNameException extends GrpcClientConfigurationException {

  DuplicateTargetNameException(String first, String second, String source) {
    super(
        "The gRPC targets '%s' and '%s' are one and the same, because case and dashes of a name do not matter. Both are in %s."
            .formatted(first, second, source),
        "Join the two below grpc.client.targets, or rename one of them.");
  }
}
