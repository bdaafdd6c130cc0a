// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.ClientConnBuilderCustomizer;

/** Thrown if a customizer of the application has thrown. */
final class FailedCustomizerException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  FailedCustomizerException(
      ClientConnBuilderCustomizer customizer, String target, RuntimeException thrown) {
    super(
        "The ClientConnBuilderCustomizer %s failed for the gRPC target '%s': %s"
            .formatted(customizer.getClass().getName(), target, thrown),
        "Correct the customizer. It is called for every target, with the target's name.");
    initCause(thrown);
  }
}
