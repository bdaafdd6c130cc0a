// SPDX-License-Identifier: Apache-2.0
/** Connects to an address: dialling, proxy tunnel, TLS, and what a failed attempt reports. */
@NullMarked
package dev.clientconn.internal.http2.connect;

import org.jspecify.annotations.NullMarked;
