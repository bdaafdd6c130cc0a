// SPDX-License-Identifier: Apache-2.0
/** The child processes of a comparison, and what is measured inside them. */
@NullMarked
package dev.clientconn.benchmarks.process;

import org.jspecify.annotations.NullMarked;
