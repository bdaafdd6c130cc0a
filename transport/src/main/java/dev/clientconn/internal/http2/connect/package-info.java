// SPDX-License-Identifier: Apache-2.0
/**
 * Connects to an address: dials it, goes through a proxy, does the TLS handshake, and describes
 * what failed.
 */
@NullMarked
package dev.clientconn.internal.http2.connect;

import org.jspecify.annotations.NullMarked;
