// SPDX-License-Identifier: Apache-2.0
/** Support of Spring Boot's gRPC client: its properties, and its channels. */
@NullMarked
package dev.clientconn.boot.autoconfigure.springgrpc;

import org.jspecify.annotations.NullMarked;
