// SPDX-License-Identifier: Apache-2.0
/** Runs one call, from the stub's ClientCall to a stream and back to the listener. */
@NullMarked
package dev.clientconn.internal.call;

import org.jspecify.annotations.NullMarked;
