// SPDX-License-Identifier: Apache-2.0
/**
 * Messages as they cross threads: plain heap memory, small ones in an array of their length, large ones in chunks that
 * go round.
 */
@NullMarked
package dev.clientconn.internal.message;

import org.jspecify.annotations.NullMarked;
