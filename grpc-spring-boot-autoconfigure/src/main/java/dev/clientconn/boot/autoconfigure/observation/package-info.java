// SPDX-License-Identifier: Apache-2.0
/** Observes the calls of all clients with Micrometer. */
@NullMarked
package dev.clientconn.boot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
