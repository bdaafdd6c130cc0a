// SPDX-License-Identifier: Apache-2.0
/**
 * Holds what tests of several packages share: the clock and the event loop that a test moves by
 * hand, the fake transport, methods with simple messages, and small servers.
 *
 * <p>The scripted peer of HTTP/2 ({@code Http2Peer} and its family) is in {@code internal.http2},
 * because it reads package-private state of the connection to see that nothing is left.
 */
@NullMarked
package dev.clientconn.testing;

import org.jspecify.annotations.NullMarked;
