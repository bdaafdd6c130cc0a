// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Base64;
import java.util.Objects;

/** Collects what a call ended with, and writes it as the suite's {@code ClientCompatResponse}. */
final class SuiteResult {
  private static final Base64.Encoder UNPADDED = Base64.getEncoder().withoutPadding();

  private final UnknownFieldSet.Builder result = UnknownFieldSet.newBuilder();
  private final boolean oneResponse;

  /**
   * @param oneResponse whether the method's server sends one message: a failed call then has no
   * response
   */
  SuiteResult(boolean oneResponse) {
    this.oneResponse = oneResponse;
  }

  void responseHeaders(Metadata headers) {
    addMetadata(1, headers);
  }

  /** Adds the payload, which is field 1 of each of the suite's responses. */
  void response(Empty message) {
    var payloads = message.getUnknownFields().getField(1).getLengthDelimitedList();
    add(result, 2, payloads.isEmpty() ? ByteString.EMPTY : payloads.get(0));
  }

  void end(Status status, Metadata trailers) {
    if (!status.isOk()) {
      add(result, 3, error(status, trailers));
      if (oneResponse) {
        result.clearField(2);
      }
    }
    addMetadata(4, trailers);
  }

  void unsentRequests(int count) {
    add(result, 5, count);
  }

  byte[] toByteArray(String caseName) {
    UnknownFieldSet.Builder response = UnknownFieldSet.newBuilder();
    add(response, 1, ByteString.copyFromUtf8(caseName));
    add(response, 2, result.build().toByteString());
    return response.build().toByteArray();
  }

  /** The message for a call that could not even be tried. */
  static byte[] failure(String caseName, Throwable cause) {
    UnknownFieldSet.Builder failure = UnknownFieldSet.newBuilder();
    add(failure, 1, ByteString.copyFromUtf8(cause.toString()));
    UnknownFieldSet.Builder response = UnknownFieldSet.newBuilder();
    add(response, 1, ByteString.copyFromUtf8(caseName));
    add(response, 3, failure.build().toByteString());
    return response.build().toByteArray();
  }

  private static ByteString error(Status status, Metadata trailers) {
    UnknownFieldSet.Builder error = UnknownFieldSet.newBuilder();
    add(error, 1, status.getCode().value());
    add(error, 2, ByteString.copyFromUtf8(Objects.requireNonNullElse(status.getDescription(), "")));
    for (Any detail : StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList()) {
      add(error, 3, detail.toByteString());
    }
    return error.build().toByteString();
  }

  private void addMetadata(int field, Metadata metadata) {
    for (String name : metadata.keys()) {
      UnknownFieldSet.Builder header = UnknownFieldSet.newBuilder();
      add(header, 1, ByteString.copyFromUtf8(name));
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        for (byte[] value : Objects.requireNonNull(metadata.getAll(key))) {
          add(header, 2, ByteString.copyFromUtf8(UNPADDED.encodeToString(value)));
        }
      } else {
        var key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        for (String value : Objects.requireNonNull(metadata.getAll(key))) {
          add(header, 2, ByteString.copyFromUtf8(value));
        }
      }
      add(result, field, header.build().toByteString());
    }
  }

  private static void add(UnknownFieldSet.Builder message, int field, ByteString value) {
    message.mergeField(field, Field.newBuilder().addLengthDelimited(value).build());
  }

  private static void add(UnknownFieldSet.Builder message, int field, int value) {
    message.mergeField(field, Field.newBuilder().addVarint(value).build());
  }
}
