// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import com.google.protobuf.BytesValue;
import dev.clientconn.internal.transport.StreamParameters;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Creates the parameters of calls and their headers. */
public final class SampleCalls {

  private static final MethodDescriptor<BytesValue, BytesValue> METHOD =
      MethodDescriptor.<BytesValue, BytesValue>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("clientconn.benchmarks.Echo/Unary")
          .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .build();

  private SampleCalls() {}

  /** A call with metadata also has a deadline. */
  public static StreamParameters withEntries(int entries) {
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
        StreamParameters.DEFAULT_ON_READY_THRESHOLD,
        metadata);
  }

  /** The same headers in one of Netty's lists. */
  public static Http2Headers joined(RequestHeaders.Lists headers) {
    Http2Headers joined = new DefaultHttp2Headers(false, 16);
    for (Http2Headers part : List.of(headers.shared(), headers.own())) {
      for (Map.Entry<CharSequence, CharSequence> header : part) {
        joined.add(header.getKey(), header.getValue());
      }
    }
    return joined;
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
      implements StreamParameters {}
}
