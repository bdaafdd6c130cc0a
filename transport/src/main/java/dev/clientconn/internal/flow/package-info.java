// SPDX-License-Identifier: Apache-2.0
/** Flow-control arithmetic. No Netty, no io.grpc: ledgers compute and return, their holders write. */
@NullMarked
package dev.clientconn.internal.flow;

import org.jspecify.annotations.NullMarked;
