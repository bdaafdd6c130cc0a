// SPDX-License-Identifier: Apache-2.0

/** Finds connection details of targets: from beans, Docker Compose and Testcontainers. */
@NullMarked
package dev.clientconn.boot.autoconfigure.connection;

import org.jspecify.annotations.NullMarked;
