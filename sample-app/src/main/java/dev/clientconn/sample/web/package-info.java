// SPDX-License-Identifier: Apache-2.0
/** The REST side, which calls the gRPC service through ClientConn. */
@NullMarked
package dev.clientconn.sample.web;

import org.jspecify.annotations.NullMarked;
