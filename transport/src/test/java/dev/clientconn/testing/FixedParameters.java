// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import dev.clientconn.internal.transport.StreamParameters;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Has the parameters of a stream without a call behind them. */
public record FixedParameters(
    MethodDescriptor<?, ?> method,
    @Nullable String authority,
    @Nullable Deadline deadline,
    @Nullable String messageEncoding,
    int previousAttempts,
    int maxInboundMessageSize,
    int onReadyThreshold,
    Metadata metadata)
    implements StreamParameters {}
