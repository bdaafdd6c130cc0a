// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

/**
 * The configuration of gRPC clients cannot work. The message says what is wrong, the action what to
 * write instead.
 */
public abstract class GrpcClientConfigurationException extends RuntimeException {

  private final String action;

  protected GrpcClientConfigurationException(String message, String action) {
    super(message);
    this.action = action;
  }

  /** What to change, with the lines to write. */
  public String getAction() {
    return this.action;
  }
}
