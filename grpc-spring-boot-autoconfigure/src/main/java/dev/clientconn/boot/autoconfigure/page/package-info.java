// SPDX-License-Identifier: Apache-2.0
/** Serves a web page that shows the gRPC clients of the application while they work. */
@NullMarked
package dev.clientconn.boot.autoconfigure.page;

import org.jspecify.annotations.NullMarked;
