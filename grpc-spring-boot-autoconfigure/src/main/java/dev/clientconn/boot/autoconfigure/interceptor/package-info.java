// SPDX-License-Identifier: Apache-2.0
/** Applies the interceptors of all clients, of a target and of an injection point. */
@NullMarked
package dev.clientconn.boot.autoconfigure.interceptor;

import org.jspecify.annotations.NullMarked;
