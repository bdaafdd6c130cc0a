// SPDX-License-Identifier: Apache-2.0
/** The HTTP/2 client transport. One event loop owns a connection and everything in this package. */
@NullMarked
package dev.clientconn.internal.http2;

import org.jspecify.annotations.NullMarked;
