// SPDX-License-Identifier: Apache-2.0
/** Holds messages while they cross threads: small ones in arrays, large ones in pooled chunks. */
@NullMarked
package dev.clientconn.internal.message;

import org.jspecify.annotations.NullMarked;
