// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Describes why a request cannot be fulfilled.
 *
 * @param message what is wrong, and what to do
 * @param clients the names of all channels, if the request has one that does not exist
 */
public record ClientProblem(String message, @Nullable List<String> clients)
    implements OperationResponseBody {}
