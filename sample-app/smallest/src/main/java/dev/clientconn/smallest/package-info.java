// SPDX-License-Identifier: Apache-2.0
/** The smallest application: one target, one stub, one call. */
@NullMarked
package dev.clientconn.smallest;

import org.jspecify.annotations.NullMarked;
