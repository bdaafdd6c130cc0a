// SPDX-License-Identifier: Apache-2.0
/** gRPC's interop cases, run by ClientConn against servers in other languages. */
@NullMarked
package dev.clientconn.interop.crosslang;

import org.jspecify.annotations.NullMarked;
