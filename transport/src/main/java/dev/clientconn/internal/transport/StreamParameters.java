// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Describes a call attempt to the transport. Must not change after the stream has started. */
public interface StreamParameters {

  /** Default of {@link #onReadyThreshold}: 32 KiB, as grpc-java's. */
  int DEFAULT_ON_READY_THRESHOLD = 32 * 1024;

  /** The method; {@code :path} is its full name. */
  MethodDescriptor<?, ?> method();

  /** Overrides the {@code :authority} of the connection, {@code null} to use that one. */
  @Nullable
  String authority();

  /** Is sent as {@code grpc-timeout}, and armed on the event loop; {@code null} for none. */
  @Nullable
  Deadline deadline();

  /** Value of {@code grpc-encoding}, {@code null} if messages are not compressed. */
  @Nullable
  String messageEncoding();

  /** Value of {@code grpc-previous-rpc-attempts}, which is not sent if 0. */
  int previousAttempts();

  /** Longest received message, bytes. A longer one ends the stream with RESOURCE_EXHAUSTED. */
  int maxInboundMessageSize();

  /** Queued bytes at and above which the stream is not ready. */
  int onReadyThreshold();

  /** Metadata of the application, the call credentials and the tracers. */
  Metadata metadata();
}
