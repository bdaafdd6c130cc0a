// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.boot.autoconfigure.GrpcClientConfigurationException;
import org.jspecify.annotations.Nullable;

/** Thrown if an interceptor that a client names does not exist or cannot be created. */
public final class UnusableInterceptorException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  UnusableInterceptorException(String message, String action, @Nullable Throwable cause) {
    super(message, action);
    initCause(cause);
  }
}
