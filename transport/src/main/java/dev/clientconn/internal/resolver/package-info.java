// SPDX-License-Identifier: Apache-2.0
/** Resolves targets to addresses: static lists, unix sockets, and the proxies on the way. */
@NullMarked
package dev.clientconn.internal.resolver;

import org.jspecify.annotations.NullMarked;
