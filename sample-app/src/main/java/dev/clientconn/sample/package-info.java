// SPDX-License-Identifier: Apache-2.0
/** The sample: sea ports over REST, fetched by gRPC. */
@NullMarked
package dev.clientconn.sample;

import org.jspecify.annotations.NullMarked;
