// SPDX-License-Identifier: Apache-2.0
/**
 * Computes flow-control windows (RFC 9113 section 5.2). Uses neither Netty nor io.grpc: methods
 * return the WINDOW_UPDATE to write.
 */
@NullMarked
package dev.clientconn.internal.flow;

import org.jspecify.annotations.NullMarked;
