// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;

/** Maps HTTP/2 error codes to gRPC statuses (gRPC over HTTP/2, "Errors"). */
final class Http2Status {

  private Http2Status() {}

  /** Returns the status of a stream that the peer reset. */
  static Status ofReset(long errorCode) {
    return codeOf(errorCode)
        .withDescription("stream terminated by RST_STREAM with error code: " + name(errorCode));
  }

  /** Only REFUSED_STREAM promises that nothing was done (RFC 9113 section 8.7). */
  static StreamProgress progressOfReset(long errorCode) {
    return errorCode == Http2Error.REFUSED_STREAM.code()
        ? StreamProgress.REFUSED
        : StreamProgress.PROCESSED;
  }

  private static Status codeOf(long errorCode) {
    Http2Error error = Http2Error.valueOf(errorCode);
    if (error == null) {
      return Status.UNKNOWN;
    }
    return switch (error) {
      case REFUSED_STREAM -> Status.UNAVAILABLE;
      case CANCEL -> Status.CANCELLED;
      case ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR -> Status.RESOURCE_EXHAUSTED;
      case INADEQUATE_SECURITY -> Status.PERMISSION_DENIED;
      default -> Status.INTERNAL;
    };
  }

  static String name(long errorCode) {
    Http2Error error = Http2Error.valueOf(errorCode);
    return error == null ? "UNKNOWN_ERROR_CODE (" + errorCode + ")" : error.name();
  }
}
