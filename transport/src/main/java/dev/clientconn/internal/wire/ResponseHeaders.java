// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a received header block means to a call. Runs on the loop, keeps nothing: whether the response headers
 * came before is the stream's to remember. Writes nothing either; what to answer the peer follows from the kind.
 */
public final class ResponseHeaders {

  private static final AsciiString OK = AsciiString.cached("200");

  /** {@code :status} absent. */
  private static final int NO_STATUS = -1;

  /** {@code :status} not three digits. */
  private static final int BAD_STATUS = -2;

  /** What a block is. */
  public enum Kind {
    /** 1xx: to be ignored. */
    INFORMATIONAL,
    /** gRPC response headers; messages and trailers follow. */
    RESPONSE,
    /** The end of the call, with or without a response before it. */
    TRAILERS,
    /** Something that does not speak gRPC answered. Its body, if it has one, belongs into the status. */
    NOT_GRPC,
    /** Breaks the protocol: ends the call, and the stream with PROTOCOL_ERROR. */
    MALFORMED
  }

  /**
   * A block's meaning.
   *
   * @param kind what it is
   * @param status what the call ends with; OK for INFORMATIONAL and RESPONSE
   * @param metadata the fields users see, in an object of each reader's own; empty for INFORMATIONAL and MALFORMED
   * @param messageEncoding value of {@code grpc-encoding} of a RESPONSE
   */
  public record Result(
      Kind kind, Status status, Metadata metadata, @Nullable String messageEncoding) {

    @Override
    public Metadata metadata() {
      return MetadataCodec.copy(metadata);
    }
  }

  private ResponseHeaders() {}

  /**
   * Classifies a block.
   *
   * @param endOfStream whether its HEADERS frame had END_STREAM
   * @param responseSeen whether a block of this stream was a RESPONSE before
   */
  public static Result classify(HeaderBlock block, boolean endOfStream, boolean responseSeen) {
    HeaderBlock.Meaning known = block.meaning;
    if (known != null
        && known.endOfStream() == endOfStream
        && known.responseSeen() == responseSeen) {
      return known.result();
    }
    Result result = read(block, endOfStream, responseSeen);
    block.meaning = new HeaderBlock.Meaning(endOfStream, responseSeen, result);
    return result;
  }

  private static Result read(HeaderBlock block, boolean endOfStream, boolean responseSeen) {
    if (responseSeen) {
      return endOfStream
          ? trailers(block)
          : malformed(Status.INTERNAL.withDescription(
              "a HEADERS frame cannot appear in the middle of a stream"));
    }
    int httpStatus = httpStatus(block.find(HeaderNames.STATUS));
    if (httpStatus == BAD_STATUS) {
      return malformed(Status.INTERNAL.withDescription(
          "malformed header: HTTP status is \"" + block.find(HeaderNames.STATUS) + "\""));
    }
    if (httpStatus >= 100 && httpStatus < 200) {
      return informational(httpStatus, endOfStream);
    }
    // The HTTP status of a gRPC response says nothing: proxies rewrite it, and grpc-status follows.
    CharSequence contentType = block.find(HeaderNames.CONTENT_TYPE);
    if (contentType == null || !isGrpc(contentType)) {
      return notGrpc(block, httpStatus, contentType);
    }
    return endOfStream ? trailers(block) : response(block);
  }

  private static Result informational(int httpStatus, boolean endOfStream) {
    // RFC 9113 section 8.1: an interim response does not end a stream.
    return endOfStream
        ? malformed(
            Status.INTERNAL.withDescription("protocol error: informational header with status code "
                + httpStatus
                + " must not have END_STREAM set"))
        : new Result(Kind.INFORMATIONAL, Status.OK, new Metadata(), null);
  }

  private static Result response(HeaderBlock block) {
    try {
      CharSequence encoding = block.find(HeaderNames.GRPC_ENCODING);
      return new Result(
          Kind.RESPONSE,
          Status.OK,
          MetadataCodec.decode(block, false),
          encoding == null ? null : encoding.toString());
    } catch (MalformedHeaderException e) {
      return malformedMetadata(e);
    }
  }

  private static Result trailers(HeaderBlock block) {
    Status status;
    CharSequence code = block.find(HeaderNames.GRPC_STATUS);
    try {
      status = code == null
          ? Status.UNKNOWN.withDescription(
              "the server ended the stream with trailers that have no grpc-status")
          : GrpcStatusCodec.parse(code, block.find(HeaderNames.GRPC_MESSAGE));
    } catch (MalformedHeaderException e) {
      return malformed(
          Status.UNKNOWN.withDescription(e.getMessage() + ": \"" + code + "\" is not an integer"));
    }
    try {
      return new Result(Kind.TRAILERS, status, MetadataCodec.decode(block, true), null);
    } catch (MalformedHeaderException e) {
      return malformedMetadata(e);
    }
  }

  private static Result notGrpc(
      HeaderBlock block, int httpStatus, @Nullable CharSequence contentType) {
    String complaint = contentType == null
        ? "malformed header: missing HTTP content-type"
        : "received unexpected content-type \"" + contentType + "\"";
    if (httpStatus == NO_STATUS) {
      return malformed(
          Status.INTERNAL.withDescription("malformed header: missing HTTP status; " + complaint));
    }
    Status status = GrpcStatusCodec.fromHttpStatus(httpStatus);
    Status both = status.withDescription(status.getDescription() + "; " + complaint);
    Metadata metadata;
    try {
      metadata = MetadataCodec.decode(block, true);
    } catch (MalformedHeaderException e) {
      // Its "-bin" names need not mean what they mean in gRPC.
      metadata = new Metadata();
    }
    return new Result(Kind.NOT_GRPC, both, metadata, null);
  }

  private static Result malformedMetadata(MalformedHeaderException e) {
    return malformed(Status.INTERNAL.withDescription(e.getMessage() + ": the value is not base64"));
  }

  private static Result malformed(Status status) {
    return new Result(Kind.MALFORMED, status, new Metadata(), null);
  }

  private static int httpStatus(@Nullable CharSequence value) {
    if (value == null) {
      return NO_STATUS;
    }
    if (OK.contentEquals(value)) {
      return 200;
    }
    if (value.length() != 3) {
      return BAD_STATUS;
    }
    int status = 0;
    for (int i = 0; i < 3; i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return BAD_STATUS;
      }
      status = 10 * status + c - '0';
    }
    return status < 100 ? BAD_STATUS : status;
  }

  /** {@code application/grpc}, alone or with a subtype or a parameter behind it. */
  private static boolean isGrpc(CharSequence contentType) {
    AsciiString expected = HeaderNames.APPLICATION_GRPC;
    int length = expected.length();
    if (!expected.regionMatches(true, 0, contentType, 0, length)) {
      return false;
    }
    return contentType.length() == length
        || contentType.charAt(length) == '+'
        || contentType.charAt(length) == ';';
  }
}
