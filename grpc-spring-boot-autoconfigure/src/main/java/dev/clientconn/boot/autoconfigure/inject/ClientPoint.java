// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

/**
 * A place that asks for a client with {@link dev.clientconn.boot.GrpcClient}.
 *
 * @param value the annotation's value as it was written
 * @param type what to inject, with {@code Optional} and providers taken off
 * @param place the field, method or constructor, for error messages
 */
record ClientPoint(String value, Class<?> type, Object place) {}
