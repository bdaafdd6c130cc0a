// SPDX-License-Identifier: Apache-2.0
/** Conventions of the observations of calls, for Micrometer. */
@NullMarked
package dev.clientconn.boot.observation;

import org.jspecify.annotations.NullMarked;
