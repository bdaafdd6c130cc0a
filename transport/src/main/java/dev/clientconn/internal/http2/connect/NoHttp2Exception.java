// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import javax.net.ssl.SSLException;

/**
 * Thrown when a TLS handshake succeeded without ALPN choosing {@code h2}. The message says what the
 * server chose and what to do.
 */
final class NoHttp2Exception extends SSLException {

  private static final long serialVersionUID = 1L;

  NoHttp2Exception(String message) {
    super(message);
  }
}
