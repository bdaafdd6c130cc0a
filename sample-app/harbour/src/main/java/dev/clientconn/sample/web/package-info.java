// SPDX-License-Identifier: Apache-2.0
/** Implements the REST API, which calls the gRPC service through ClientConn. */
@NullMarked
package dev.clientconn.sample.web;

import org.jspecify.annotations.NullMarked;
