// SPDX-License-Identifier: Apache-2.0
/** Shared threads and pools, and the annotations that say which thread may use a class. */
@NullMarked
package dev.clientconn.internal.concurrent;

import org.jspecify.annotations.NullMarked;
