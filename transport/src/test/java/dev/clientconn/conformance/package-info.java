// SPDX-License-Identifier: Apache-2.0
/** Connects tests with the behaviours they show, and generates {@code docs/conformance.md}. */
@NullMarked
package dev.clientconn.conformance;

import org.jspecify.annotations.NullMarked;
