// SPDX-License-Identifier: Apache-2.0
/** Computes flow-control windows. No Netty, no io.grpc: the methods return what to write. */
@NullMarked
package dev.clientconn.internal.flow;

import org.jspecify.annotations.NullMarked;
