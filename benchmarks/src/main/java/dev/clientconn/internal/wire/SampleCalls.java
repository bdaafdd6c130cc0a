// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import com.google.protobuf.BytesValue;
import dev.clientconn.internal.transport.CallHeaders;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls as they are asked for. */
public final class SampleCalls {

  private static final MethodDescriptor<BytesValue, BytesValue> METHOD =
      MethodDescriptor.<BytesValue, BytesValue>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("clientconn.benchmarks.Echo/Unary")
          .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .build();

  private SampleCalls() {}

  /** With so many entries of metadata and, where there are any, a deadline. */
  public static CallHeaders withEntries(int entries) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < entries; i++) {
      metadata.put(
          Metadata.Key.of("x-entry-" + i, Metadata.ASCII_STRING_MARSHALLER), "value-of-entry-" + i);
    }
    return new SampleHeaders(
        METHOD,
        null,
        entries == 0 ? null : Deadline.after(1, TimeUnit.HOURS),
        null,
        0,
        4 << 20,
        CallHeaders.DEFAULT_ON_READY_THRESHOLD,
        metadata);
  }

  private record SampleHeaders(
      MethodDescriptor<?, ?> method,
      @Nullable String authority,
      @Nullable Deadline deadline,
      @Nullable String messageEncoding,
      int previousAttempts,
      int maxInboundMessageSize,
      int onReadyThreshold,
      Metadata metadata)
      implements CallHeaders {}
}
