// SPDX-License-Identifier: Apache-2.0
/** The interface between calls and connections. It names no Netty channel and no event loop. */
@NullMarked
package dev.clientconn.internal.transport;

import org.jspecify.annotations.NullMarked;
