// SPDX-License-Identifier: Apache-2.0
/**
 * Messages as they cross threads: small ones in an array of their length, large ones in chunks that go round, of heap
 * memory for those that come, of direct memory for those that go.
 */
@NullMarked
package dev.clientconn.internal.message;

import org.jspecify.annotations.NullMarked;
