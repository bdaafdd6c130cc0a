// SPDX-License-Identifier: Apache-2.0
/** Injects stubs and channels with {@link dev.clientconn.boot.GrpcClient}. */
@NullMarked
package dev.clientconn.boot.autoconfigure.inject;

import org.jspecify.annotations.NullMarked;
