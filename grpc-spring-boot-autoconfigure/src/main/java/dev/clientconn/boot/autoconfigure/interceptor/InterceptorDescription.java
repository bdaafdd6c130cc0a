// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import org.jspecify.annotations.Nullable;

/**
 * Describes an interceptor of a channel, for reports.
 *
 * @param name the bean name, or the class name if it is not a bean
 * @param type the name of its class
 * @param global whether it is applied to all clients, and not only to those of its target
 * @param order its order among the global ones; {@code null} if it has none, and for those of a
 *     target
 * @param reason why it has its position
 */
public record InterceptorDescription(
    String name, String type, boolean global, @Nullable Integer order, String reason) {}
