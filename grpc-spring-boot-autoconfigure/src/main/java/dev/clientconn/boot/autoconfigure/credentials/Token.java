// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import java.time.Duration;

/**
 * A token of an authorization server.
 *
 * @param value the token, without its scheme
 * @param lifetime the time for which it can be used
 */
public record Token(String value, Duration lifetime) {

  /** Does not contain the value, which is a secret. */
  @Override
  public String toString() {
    return "Token[lifetime=" + this.lifetime + "]";
  }
}
