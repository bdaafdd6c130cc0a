// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Headers of a call that there is no call behind. */
public record FixedHeaders(
    MethodDescriptor<?, ?> method,
    @Nullable String authority,
    @Nullable Deadline deadline,
    @Nullable String messageEncoding,
    int previousAttempts,
    int maxInboundMessageSize,
    int onReadyThreshold,
    Metadata metadata)
    implements StreamParameters {}
