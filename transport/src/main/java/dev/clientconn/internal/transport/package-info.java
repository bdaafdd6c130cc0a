// SPDX-License-Identifier: Apache-2.0
/** Defines the interface between calls and connections. It names no Netty channel or event loop. */
@NullMarked
package dev.clientconn.internal.transport;

import org.jspecify.annotations.NullMarked;
