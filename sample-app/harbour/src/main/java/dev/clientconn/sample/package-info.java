// SPDX-License-Identifier: Apache-2.0
/** Sample application: a REST API for sea ports that calls a gRPC service. */
@NullMarked
package dev.clientconn.sample;

import org.jspecify.annotations.NullMarked;
