// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no tunnel; the message names the proxy, and says what it did and what to do. */
final class ProxyException extends IOException {

  ProxyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
