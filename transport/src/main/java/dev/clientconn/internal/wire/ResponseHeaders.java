// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static dev.clientconn.internal.wire.ResponseBlock.NO_RESPONSE;

import dev.clientconn.internal.wire.ResponseBlock.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Classifies received header blocks: interim response, response headers, trailers, not gRPC, or
 * malformed. Stateless: the stream remembers the HTTP status of its response headers. Writes no
 * frames; the caller decides by the kind which frame to send. Event loop.
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
   * @param responseStatus HTTP status of the stream's RESPONSE, {@link ResponseBlock#NO_RESPONSE}
   *     before one was received
   */
  public static ResponseBlock classify(HeaderBlock block, boolean endOfStream, int responseStatus) {
    HeaderBlock.Classified known = block.classified;
    if (known != null
        && known.endOfStream() == endOfStream
        && known.responseStatus() == responseStatus) {
      return known.result();
    }
    ResponseBlock result = responseStatus == NO_RESPONSE
        ? classifyFirst(block, endOfStream)
        : classifyLast(block, endOfStream, responseStatus);
    block.classified = new HeaderBlock.Classified(endOfStream, responseStatus, result);
    return result;
  }

  /**
   * Returns the status of a call whose response has a header list over the limit. Quotes the
   * server's status if it is among the fields within the limit: what exceeds it is often only the
   * details of that status.
   *
   * @param block the fields that were decoded before the limit was passed
   * @param limit bytes, counted as in RFC 9113 section 6.5.2
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

  private static ResponseBlock classifyLast(
      HeaderBlock block, boolean endOfStream, int responseStatus) {
    if (!endOfStream) {
      return malformed("a HEADERS frame cannot appear in the middle of a stream");
    }
    if (block.find(HeaderNames.STATUS) != null) {
      // RFC 9113 section 8.1: trailers must not have pseudo-headers.
      return malformed("malformed header: the trailers have a :status");
    }
    return trailers(block, responseStatus);
  }

  private static ResponseBlock classifyFirst(HeaderBlock block, boolean endOfStream) {
    int httpStatus = httpStatus(block.find(HeaderNames.STATUS));
    if (httpStatus == BAD_STATUS) {
      return malformed(
          "malformed header: HTTP status is \"" + block.find(HeaderNames.STATUS) + "\"");
    }
    if (httpStatus >= 100 && httpStatus < 200) {
      return informational(httpStatus, endOfStream);
    }
    CharSequence contentType = block.find(HeaderNames.CONTENT_TYPE);
    String problem = contentTypeProblem(contentType);
    if (httpStatus == NO_STATUS) {
      // RFC 9113 section 8.3.2: every response has one.
      return malformed(
          "malformed header: missing HTTP status" + (problem == null ? "" : "; " + problem));
    }
    if (problem != null) {
      return notGrpc(block, httpStatus, problem);
    }
    // The HTTP status of a gRPC response is used only if there is no grpc-status: proxies change
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
      return notBase64(e);
    }
  }

  /** An intermediary that fails a call may add a second grpc-status: the last one counts. */
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
      return notBase64(e);
    }
  }

  private static @Nullable String contentTypeProblem(@Nullable CharSequence contentType) {
    if (contentType == null) {
      return "malformed header: missing HTTP content-type";
    }
    return isGrpc(contentType) ? null : "received unexpected content-type \"" + contentType + "\"";
  }

  private static ResponseBlock notGrpc(HeaderBlock block, int httpStatus, String problem) {
    Status status = GrpcStatusCodec.fromHttpStatus(httpStatus);
    Status both = status.withDescription(status.getDescription() + "; " + problem);
    Metadata metadata;
    try {
      metadata = MetadataCodec.decode(block, true);
    } catch (MalformedHeaderException e) {
      // Without gRPC, names that end in "-bin" need not have base64 values.
      metadata = new Metadata();
    }
    return new ResponseBlock(Kind.NOT_GRPC, both, metadata);
  }

  private static ResponseBlock notBase64(MalformedHeaderException e) {
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

  /** Accepts {@code application/grpc}, also with a subtype or a parameter behind it. */
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
