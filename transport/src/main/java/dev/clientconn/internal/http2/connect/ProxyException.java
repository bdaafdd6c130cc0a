// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reports that a proxy opened no tunnel. The message says which proxy, what it did and what to do.
 */
final class ProxyException extends IOException {

  ProxyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
