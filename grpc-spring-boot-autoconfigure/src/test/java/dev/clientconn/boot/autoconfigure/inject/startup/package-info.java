// SPDX-License-Identifier: Apache-2.0
/** A benchmark of what the search for {@code @GrpcClient} costs at the start of an application. */
@NullMarked
package dev.clientconn.boot.autoconfigure.inject.startup;

import org.jspecify.annotations.NullMarked;
