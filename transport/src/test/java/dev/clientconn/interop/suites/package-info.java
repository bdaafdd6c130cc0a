// SPDX-License-Identifier: Apache-2.0
/** Public conformance suites for gRPC and HTTP/2 clients, run against ClientConn. */
@NullMarked
package dev.clientconn.interop.suites;

import org.jspecify.annotations.NullMarked;
