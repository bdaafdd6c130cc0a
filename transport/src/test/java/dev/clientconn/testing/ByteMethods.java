// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Makes methods whose messages are byte arrays. */
public final class ByteMethods {

  private ByteMethods() {}

  public static MethodDescriptor<byte[], byte[]> unary(String fullName) {
    return of(MethodType.UNARY, fullName);
  }

  public static MethodDescriptor<byte[], byte[]> of(MethodType type, String fullName) {
    return of(type, fullName, new Marshaller());
  }

  public static MethodDescriptor<byte[], byte[]> of(
      MethodType type, String fullName, MethodDescriptor.Marshaller<byte[]> marshaller) {
    return MethodDescriptor.newBuilder(marshaller, marshaller)
        .setType(type)
        .setFullMethodName(fullName)
        .build();
  }

  /** Passes the bytes as they are; an override makes it misbehave. */
  public static class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
