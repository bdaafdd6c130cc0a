// SPDX-License-Identifier: Apache-2.0
/** How many bytes of heap a call may cost. */
@NullMarked
package dev.clientconn.allocation;

import org.jspecify.annotations.NullMarked;
