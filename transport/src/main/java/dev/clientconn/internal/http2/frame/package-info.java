// SPDX-License-Identifier: Apache-2.0
/** Reads and writes HTTP/2 frames (RFC 9113 sections 4 and 6), header blocks included. */
@NullMarked
package dev.clientconn.internal.http2.frame;

import org.jspecify.annotations.NullMarked;
