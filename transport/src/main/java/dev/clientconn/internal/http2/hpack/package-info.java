// SPDX-License-Identifier: Apache-2.0
/** Encodes header fields by HPACK (RFC 7541), and scans received header blocks. */
@NullMarked
package dev.clientconn.internal.http2.hpack;

import org.jspecify.annotations.NullMarked;
