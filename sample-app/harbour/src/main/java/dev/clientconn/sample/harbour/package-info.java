// SPDX-License-Identifier: Apache-2.0
/** Implements the gRPC service with a catalogue of ports. */
@NullMarked
package dev.clientconn.sample.harbour;

import org.jspecify.annotations.NullMarked;
