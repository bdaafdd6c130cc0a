// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What a call says of itself when it asks for a stream. The metadata must not change after the stream has started.
 *
 * @param method the method; its full name becomes {@code :path}
 * @param authority overrides the connection's {@code :authority} for this call
 * @param deadline becomes {@code grpc-timeout} when the stream is made, and is armed on the event loop
 * @param messageEncoding value of {@code grpc-encoding}, absent when messages are not compressed
 * @param previousAttempts value of {@code grpc-previous-rpc-attempts}, 0 leaves it out
 * @param maxInboundMessageSize bytes; a longer message ends the stream with RESOURCE_EXHAUSTED before its body is kept
 * @param onReadyThreshold bytes queued at and above which the stream is not ready
 * @param metadata the user's, the credentials' and the tracers' entries
 */
public record CallHeaders(
    MethodDescriptor<?, ?> method,
    @Nullable String authority,
    @Nullable Deadline deadline,
    @Nullable String messageEncoding,
    int previousAttempts,
    int maxInboundMessageSize,
    int onReadyThreshold,
    Metadata metadata) {

  /** Default of {@link #onReadyThreshold}: 32 KiB, as grpc-java's. */
  public static final int DEFAULT_ON_READY_THRESHOLD = 32 * 1024;
}
