// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/** The methods that are called; their messages pass protobuf's own marshaller. */
final class EchoMethods {

  static final String SERVICE = "clientconn.benchmarks.Echo";

  static final MethodDescriptor<BytesValue, BytesValue> UNARY = method("Unary", MethodType.UNARY);

  static final MethodDescriptor<BytesValue, BytesValue> SERVER_STREAM =
      method("ServerStream", MethodType.SERVER_STREAMING);

  private EchoMethods() {}

  static MethodDescriptor<BytesValue, BytesValue> of(ResponseShape response) {
    return response.streaming() ? SERVER_STREAM : UNARY;
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
