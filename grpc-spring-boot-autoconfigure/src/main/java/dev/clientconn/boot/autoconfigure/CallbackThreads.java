// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.concurrent.Executor;

/**
 * Holds where callbacks run if the target names no executor. It is no bean of type {@link
 * Executor}, because Spring Boot leaves out its own task executor if there is one.
 */
record CallbackThreads(Executor executor) {}
