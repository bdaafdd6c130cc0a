// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import dev.clientconn.testing.ByteMethods;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/** Methods of one service whose messages are bytes. */
final class RawMethods {
  static final String SERVICE = "test.Raw";
  static final MethodDescriptor<byte[], byte[]> UNARY = ByteMethods.unary(SERVICE + "/Unary");
  static final MethodDescriptor<byte[], byte[]> SERVER_STREAM =
      ByteMethods.of(MethodType.SERVER_STREAMING, SERVICE + "/ServerStream");

  private RawMethods() {}
}
