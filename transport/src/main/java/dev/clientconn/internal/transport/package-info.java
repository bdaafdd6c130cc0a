// SPDX-License-Identifier: Apache-2.0
/** The border between calls and connections. No Netty, no channel: a second transport fits here. */
@NullMarked
package dev.clientconn.internal.transport;

import org.jspecify.annotations.NullMarked;
