// SPDX-License-Identifier: Apache-2.0
/**
 * Defines the interface between calls and connections: {@link
 * dev.clientconn.internal.transport.ClientTransport} is one connection, {@link
 * dev.clientconn.internal.transport.ClientStream} one stream of it. Nothing here refers to a Netty
 * channel, pipeline or event loop.
 */
@NullMarked
package dev.clientconn.internal.transport;

import org.jspecify.annotations.NullMarked;
