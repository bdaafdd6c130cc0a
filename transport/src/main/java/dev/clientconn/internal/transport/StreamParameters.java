// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** What a call says of itself when it asks for a stream. Does not change after the stream has started. */
public interface StreamParameters {

  /** Default of {@link #onReadyThreshold}: 32 KiB, as grpc-java's. */
  int DEFAULT_ON_READY_THRESHOLD = 32 * 1024;

  /** The method; its full name becomes {@code :path}. */
  MethodDescriptor<?, ?> method();

  /** Overrides the connection's {@code :authority} for this call. */
  @Nullable
  String authority();

  /** Becomes {@code grpc-timeout} when the stream is made, and is armed on the event loop. */
  @Nullable
  Deadline deadline();

  /** Value of {@code grpc-encoding}, absent when messages are not compressed. */
  @Nullable
  String messageEncoding();

  /** Value of {@code grpc-previous-rpc-attempts}, 0 leaves it out. */
  int previousAttempts();

  /** Bytes; a longer message ends the stream with RESOURCE_EXHAUSTED before its body is kept. */
  int maxInboundMessageSize();

  /** Bytes queued at and above which the stream is not ready. */
  int onReadyThreshold();

  /** The user's, the credentials' and the tracers' entries. */
  Metadata metadata();
}
