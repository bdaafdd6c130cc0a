// SPDX-License-Identifier: Apache-2.0
/** What a user may supply to a connection, and see of it. Depends on nothing else of ClientConn. */
@NullMarked
package dev.clientconn.transport;

import org.jspecify.annotations.NullMarked;
