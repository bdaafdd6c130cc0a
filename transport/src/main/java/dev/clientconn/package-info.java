// SPDX-License-Identifier: Apache-2.0
/** The channel: {@link dev.clientconn.ClientConn} and its builder. */
@NullMarked
package dev.clientconn;

import org.jspecify.annotations.NullMarked;
