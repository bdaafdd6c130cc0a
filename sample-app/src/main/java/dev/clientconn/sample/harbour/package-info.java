// SPDX-License-Identifier: Apache-2.0
/** The gRPC service and its catalogue of ports. */
@NullMarked
package dev.clientconn.sample.harbour;

import org.jspecify.annotations.NullMarked;
