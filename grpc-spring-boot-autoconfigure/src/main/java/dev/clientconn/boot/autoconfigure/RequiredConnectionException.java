// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;

/** Thrown at the start if a target that must be connected is not. */
final class RequiredConnectionException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  private RequiredConnectionException(String message, String action) {
    super(message, action);
  }

  static RequiredConnectionException of(List<String> targets) {
    return new RequiredConnectionException(
        String.join("\n\n", targets),
        "Start the server before this application, correct its address, raise"
            + " connect.required-timeout, or set connect.mode: eager, which does not wait.");
  }
}
