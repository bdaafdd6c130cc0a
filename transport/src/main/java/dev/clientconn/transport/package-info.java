// SPDX-License-Identifier: Apache-2.0
/**
 * Contains what applications can supply to connections ({@link dev.clientconn.transport.Dialer},
 * {@link dev.clientconn.transport.TunnelAddress},
 * {@link dev.clientconn.transport.TransportListener}) and can observe of them
 * ({@link dev.clientconn.transport.ClientConnSnapshot},
 * {@link dev.clientconn.transport.TransportSnapshot}) and of calls
 * ({@link dev.clientconn.transport.CallReport}). Depends on nothing else of ClientConn.
 */
@NullMarked
package dev.clientconn.transport;

import org.jspecify.annotations.NullMarked;
