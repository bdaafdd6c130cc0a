// SPDX-License-Identifier: Apache-2.0
/** The part of HTTP/2 that the canned server and the floor client have in common. */
@NullMarked
package dev.clientconn.benchmarks.frame;

import org.jspecify.annotations.NullMarked;
