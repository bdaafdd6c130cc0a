// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

/** Requests a token of an authorization server. */
@FunctionalInterface
public interface TokenSource {

  /**
   * Requests a token. It may block; it is called on a thread of its own.
   *
   * @return a new token
   * @throws Exception if the server refuses or cannot be reached
   */
  Token request() throws Exception;
}
