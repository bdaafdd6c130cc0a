// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Says what a header block of a response means to its call, as {@link ResponseHeaders} classified
 * it.
 *
 * @param kind what the block is
 * @param httpStatus value of {@code :status} of a RESPONSE, otherwise {@link #NO_RESPONSE}
 * @param status what the call ends with; OK for INFORMATIONAL and RESPONSE
 * @param metadata the fields that applications see; empty for INFORMATIONAL and MALFORMED
 */
public record ResponseBlock(Kind kind, int httpStatus, Status status, Metadata metadata) {

  /** In place of a response's HTTP status, before the response headers have been received. */
  public static final int NO_RESPONSE = 0;

  /** What a block is. */
  public enum Kind {
    /** A 1xx response: to be ignored. */
    INFORMATIONAL,
    /** gRPC response headers; messages and trailers follow. */
    RESPONSE,
    /** The end of the call, with or without a response before it. */
    TRAILERS,
    /** A response that is not gRPC. The call's status should quote its body, if it has one. */
    NOT_GRPC,
    /** Breaks the protocol: ends the call, and the stream with PROTOCOL_ERROR. */
    MALFORMED
  }

  ResponseBlock(Kind kind, Status status, Metadata metadata) {
    this(kind, NO_RESPONSE, status, metadata);
  }

  /**
   * Returns a copy that the caller may change: a block that repeats is classified once, and each of
   * its calls gets metadata of its own. The values are shared.
   */
  @Override
  public Metadata metadata() {
    Metadata copy = new Metadata();
    copy.merge(metadata);
    return copy;
  }
}
