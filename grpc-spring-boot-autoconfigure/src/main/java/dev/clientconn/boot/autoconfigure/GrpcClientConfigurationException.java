// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

/**
 * Thrown if the configuration of gRPC clients is invalid. The message describes the mistake, the
 * action the correction.
 */
public abstract class GrpcClientConfigurationException extends RuntimeException {

  /** What to change, with the lines to write. */
  private final String action;

  /**
   * Creates the exception.
   *
   * @param message what is wrong
   * @param action what to change, with the lines to write
   */
  protected GrpcClientConfigurationException(String message, String action) {
    super(message);
    this.action = action;
  }

  /**
   * Returns what to change, with the lines to write.
   *
   * @return the text that a failure analysis shows as the action
   */
  public String getAction() {
    return this.action;
  }
}
