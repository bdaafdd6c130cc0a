// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static dev.clientconn.internal.wire.ResponseBlock.NO_RESPONSE;

import dev.clientconn.internal.wire.ResponseBlock.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Classifies a received header block: says what it means to a call. Runs on the loop and has no
 * state; the stream remembers the HTTP status of its response headers. Writes nothing; the kind
 * decides which frame the peer is sent.
 */
public final class ResponseHeaders {

  private static final AsciiString OK = AsciiString.cached("200");

  private static final Status NO_GRPC_STATUS = Status.UNKNOWN.withDescription(
      "the server ended the stream with trailers that have no grpc-status");

  /** {@code :status} absent. */
  private static final int NO_STATUS = -1;

  /** {@code :status} not three digits. */
  private static final int BAD_STATUS = -2;

  private ResponseHeaders() {}

  /**
   * Classifies a block.
   *
   * @param endOfStream whether its HEADERS frame had END_STREAM
   * @param responseStatus HTTP status of the stream's RESPONSE, {@link ResponseBlock#NO_RESPONSE} before there
   *     was one
   */
  public static ResponseBlock classify(HeaderBlock block, boolean endOfStream, int responseStatus) {
    HeaderBlock.Meaning known = block.meaning;
    if (known != null
        && known.endOfStream() == endOfStream
        && known.responseStatus() == responseStatus) {
      return known.result();
    }
    ResponseBlock result = responseStatus == NO_RESPONSE
        ? readFirst(block, endOfStream)
        : readLast(block, endOfStream, responseStatus);
    block.meaning = new HeaderBlock.Meaning(endOfStream, responseStatus, result);
    return result;
  }

  /**
   * The status of a call whose response has a header list over the limit. Names the server's own
   * status where that is among the fields within the limit: the rest is often no more than its
   * details.
   *
   * @param block the fields that were decoded before the limit was passed
   * @param limit bytes, as RFC 9113 section 6.5.2 counts them
   */
  public static Status overLimit(HeaderBlock block, int limit) {
    String description = "the server sent headers or trailers of more than " + limit
        + " bytes, the limit that maxInboundMetadataSize (property inbound.metadata.max-size)"
        + " sets";
    CharSequence code = block.findLast(HeaderNames.GRPC_STATUS);
    if (code == null) {
      return Status.INTERNAL.withDescription(description);
    }
    try {
      Status own = GrpcStatusCodec.parse(code, block.findLast(HeaderNames.GRPC_MESSAGE));
      return Status.INTERNAL.withDescription(description + "; the status in them is "
          + own.getCode()
          + (own.getDescription() == null ? "" : ": " + own.getDescription()));
    } catch (MalformedHeaderException e) {
      return Status.INTERNAL.withDescription(description);
    }
  }

  private static ResponseBlock readLast(
      HeaderBlock block, boolean endOfStream, int responseStatus) {
    if (!endOfStream) {
      return malformed("a HEADERS frame cannot appear in the middle of a stream");
    }
    if (block.find(HeaderNames.STATUS) != null) {
      // RFC 9113 section 8.1: trailers have no pseudo-headers.
      return malformed("malformed header: the trailers have a :status");
    }
    return trailers(block, responseStatus);
  }

  private static ResponseBlock readFirst(HeaderBlock block, boolean endOfStream) {
    int httpStatus = httpStatus(block.find(HeaderNames.STATUS));
    if (httpStatus == BAD_STATUS) {
      return malformed(
          "malformed header: HTTP status is \"" + block.find(HeaderNames.STATUS) + "\"");
    }
    if (httpStatus >= 100 && httpStatus < 200) {
      return informational(httpStatus, endOfStream);
    }
    CharSequence contentType = block.find(HeaderNames.CONTENT_TYPE);
    String complaint = contentTypeComplaint(contentType);
    if (httpStatus == NO_STATUS) {
      // RFC 9113 section 8.3.2: every response has one.
      return malformed(
          "malformed header: missing HTTP status" + (complaint == null ? "" : "; " + complaint));
    }
    if (complaint != null) {
      return notGrpc(block, httpStatus, complaint);
    }
    // The HTTP status of a gRPC response counts only where no grpc-status follows: proxies rewrite
    // it.
    return endOfStream ? trailers(block, httpStatus) : response(block, httpStatus);
  }

  private static ResponseBlock informational(int httpStatus, boolean endOfStream) {
    // RFC 9113 section 8.1: an interim response does not end a stream.
    return endOfStream
        ? malformed("protocol error: informational header with status code "
            + httpStatus
            + " must not have END_STREAM set")
        : new ResponseBlock(Kind.INFORMATIONAL, Status.OK, new Metadata());
  }

  private static ResponseBlock response(HeaderBlock block, int httpStatus) {
    try {
      return new ResponseBlock(
          Kind.RESPONSE, httpStatus, Status.OK, MetadataCodec.decode(block, false));
    } catch (MalformedHeaderException e) {
      return malformedMetadata(e);
    }
  }

  /** An intermediary that fails a call may append a status to the server's: the last one counts. */
  private static ResponseBlock trailers(HeaderBlock block, int httpStatus) {
    Status status;
    CharSequence code = block.findLast(HeaderNames.GRPC_STATUS);
    try {
      status = code == null
          ? GrpcStatusCodec.withoutGrpcStatus(httpStatus, NO_GRPC_STATUS)
          : GrpcStatusCodec.parse(code, block.findLast(HeaderNames.GRPC_MESSAGE));
    } catch (MalformedHeaderException e) {
      return malformed(
          Status.UNKNOWN.withDescription(e.getMessage() + ": \"" + code + "\" is not an integer"));
    }
    try {
      return new ResponseBlock(Kind.TRAILERS, status, MetadataCodec.decode(block, true));
    } catch (MalformedHeaderException e) {
      return malformedMetadata(e);
    }
  }

  private static @Nullable String contentTypeComplaint(@Nullable CharSequence contentType) {
    if (contentType == null) {
      return "malformed header: missing HTTP content-type";
    }
    return isGrpc(contentType) ? null : "received unexpected content-type \"" + contentType + "\"";
  }

  private static ResponseBlock notGrpc(HeaderBlock block, int httpStatus, String complaint) {
    Status status = GrpcStatusCodec.fromHttpStatus(httpStatus);
    Status both = status.withDescription(status.getDescription() + "; " + complaint);
    Metadata metadata;
    try {
      metadata = MetadataCodec.decode(block, true);
    } catch (MalformedHeaderException e) {
      // Its "-bin" names need not mean what they mean in gRPC.
      metadata = new Metadata();
    }
    return new ResponseBlock(Kind.NOT_GRPC, both, metadata);
  }

  private static ResponseBlock malformedMetadata(MalformedHeaderException e) {
    return malformed(e.getMessage() + ": the value is not base64");
  }

  private static ResponseBlock malformed(String description) {
    return malformed(Status.INTERNAL.withDescription(description));
  }

  private static ResponseBlock malformed(Status status) {
    return new ResponseBlock(Kind.MALFORMED, status, new Metadata());
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
