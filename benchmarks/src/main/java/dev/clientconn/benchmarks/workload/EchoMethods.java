// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import com.google.protobuf.BytesValue;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/** The methods that are called; their messages use protobuf's own marshaller. */
public final class EchoMethods {

  public static final String SERVICE = "clientconn.benchmarks.Echo";

  public static final MethodDescriptor<BytesValue, BytesValue> UNARY =
      method("Unary", MethodType.UNARY);
  public static final MethodDescriptor<BytesValue, BytesValue> SERVER_STREAM =
      method("ServerStream", MethodType.SERVER_STREAMING);
  public static final MethodDescriptor<BytesValue, BytesValue> CLIENT_STREAM =
      method("ClientStream", MethodType.CLIENT_STREAMING);
  public static final MethodDescriptor<BytesValue, BytesValue> PING_PONG =
      method("PingPong", MethodType.BIDI_STREAMING);

  private EchoMethods() {}

  public static MethodDescriptor<BytesValue, BytesValue> of(CallKind kind) {
    return switch (kind) {
      case UNARY -> UNARY;
      case SERVER_STREAM -> SERVER_STREAM;
      case CLIENT_STREAM -> CLIENT_STREAM;
      case PING_PONG -> PING_PONG;
    };
  }

  private static MethodDescriptor<BytesValue, BytesValue> method(String name, MethodType type) {
    return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
        .build();
  }
}
