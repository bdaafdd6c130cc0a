// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Methods whose messages are text, readable in a test's failure. */
public final class TextMethods {
  public static final MethodDescriptor<String, String> UNARY = of(MethodType.UNARY);
  public static final MethodDescriptor<String, String> SERVER_STREAMING =
      of(MethodType.SERVER_STREAMING);
  public static final MethodDescriptor<String, String> BIDI = of(MethodType.BIDI_STREAMING);

  private TextMethods() {}

  public static MethodDescriptor<String, String> of(MethodType type) {
    return of(type, new TextMarshaller());
  }

  public static MethodDescriptor<String, String> of(
      MethodType type, MethodDescriptor.Marshaller<String> marshaller) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName("test.Text/" + type)
        .setRequestMarshaller(marshaller)
        .setResponseMarshaller(marshaller)
        .build();
  }

  /** A stream that knows how long it is, as protobuf's does. */
  public static class KnownStream extends ByteArrayInputStream implements KnownLength {
    public KnownStream(byte[] bytes) {
      super(bytes);
    }
  }

  /** Marshals text as UTF-8; tests override a method to make it fail. */
  public static class TextMarshaller implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new KnownStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
