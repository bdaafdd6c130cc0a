// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * One call that connectrpc's suite asks for: its message {@code ClientCompatRequest}, read by field
 * number.
 *
 * @param messages the requests, whose fields stay unknown: they are sent as they came
 * @param cancelBeforeHalfClose cancels the call once all requests are sent
 * @param cancelAfterHalfCloseMillis cancels the call so long after its requests have ended
 * @param cancelAfterResponses cancels the call once so many responses have been read; 0 for never
 */
record SuiteCase(
    String name,
    ServerAddress server,
    boolean gzip,
    String method,
    StreamType type,
    Metadata headers,
    List<Empty> messages,
    OptionalLong timeoutMillis,
    long requestDelayMillis,
    boolean cancelBeforeHalfClose,
    OptionalLong cancelAfterHalfCloseMillis,
    long cancelAfterResponses) {

  /** The suite's enum of the same name, in its order. */
  enum StreamType {
    UNSPECIFIED,
    UNARY,
    CLIENT_STREAM,
    SERVER_STREAM,
    HALF_DUPLEX_BIDI_STREAM,
    FULL_DUPLEX_BIDI_STREAM
  }

  /**
   * What a channel depends on. The byte strings are PEM, and empty for plaintext or for no client
   * certificate.
   *
   * @param receiveLimit bytes of a response message; 0 for the default
   */
  record ServerAddress(
      String host,
      int port,
      ByteString certificate,
      ByteString clientCertificate,
      ByteString clientKey,
      int receiveLimit) {}

  private static final int GZIP = 2;

  static SuiteCase parse(byte[] bytes) throws InvalidProtocolBufferException {
    Fields request = Fields.parse(ByteString.copyFrom(bytes));
    Fields credentials = request.message(9);
    Fields cancel = request.message(19);
    ServerAddress server = new ServerAddress(
        request.text(6),
        (int) request.number(7),
        request.bytes(8),
        credentials.bytes(1),
        credentials.bytes(2),
        (int) request.number(10));
    return new SuiteCase(
        request.text(1),
        server,
        request.number(5) == GZIP,
        request.text(11) + "/" + request.text(12),
        StreamType.values()[(int) request.number(13)],
        headers(request),
        messages(request),
        request.optionalNumber(17),
        request.number(18),
        cancel.has(1),
        cancel.optionalNumber(2),
        cancel.number(3));
  }

  private static Metadata headers(Fields request) throws InvalidProtocolBufferException {
    Metadata headers = new Metadata();
    for (ByteString header : request.all(15)) {
      Fields fields = Fields.parse(header);
      for (ByteString value : fields.all(2)) {
        add(headers, fields.text(1), value.toStringUtf8());
      }
    }
    return headers;
  }

  private static void add(Metadata headers, String name, String value) {
    if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      headers.put(
          Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER),
          Base64.getDecoder().decode(value));
    } else {
      headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }
  }

  /** Takes each request out of the {@code google.protobuf.Any} around it. */
  private static List<Empty> messages(Fields request) throws InvalidProtocolBufferException {
    List<Empty> messages = new ArrayList<>();
    for (ByteString any : request.all(16)) {
      messages.add(Empty.parseFrom(Fields.parse(any).bytes(2)));
    }
    return messages;
  }

  /** A message's fields by number. */
  private record Fields(UnknownFieldSet set) {

    static Fields parse(ByteString bytes) throws InvalidProtocolBufferException {
      return new Fields(UnknownFieldSet.parseFrom(bytes));
    }

    boolean has(int number) {
      return set.hasField(number);
    }

    List<ByteString> all(int number) {
      return set.getField(number).getLengthDelimitedList();
    }

    ByteString bytes(int number) {
      return all(number).isEmpty() ? ByteString.EMPTY : all(number).get(0);
    }

    String text(int number) {
      return bytes(number).toStringUtf8();
    }

    Fields message(int number) throws InvalidProtocolBufferException {
      return parse(bytes(number));
    }

    OptionalLong optionalNumber(int number) {
      List<Long> values = set.getField(number).getVarintList();
      return values.isEmpty() ? OptionalLong.empty() : OptionalLong.of(values.get(0));
    }

    long number(int number) {
      return optionalNumber(number).orElse(0);
    }
  }
}
