// SPDX-License-Identifier: Apache-2.0
/** Parses service configs (gRFC A2) from JSON. */
@NullMarked
package dev.clientconn.internal.serviceconfig;

import org.jspecify.annotations.NullMarked;
