// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.Status;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes {@code grpc-status} and {@code grpc-message}, and finds the status of a response without
 * them.
 */
public final class GrpcStatusCodec {

  private GrpcStatusCodec() {}

  /**
   * Returns the status that trailers carry.
   *
   * @param code value of {@code grpc-status}
   * @param message value of {@code grpc-message}
   * @throws MalformedHeaderException if {@code code} is not an integer; an undefined integer is
   *     UNKNOWN
   */
  public static Status parse(CharSequence code, @Nullable CharSequence message)
      throws MalformedHeaderException {
    Status status = parseCode(code);
    if (message == null || message.length() == 0) {
      return status;
    }
    String description = decodeMessage(message);
    // For an undefined code, Status has put it into the description: keep that.
    return status.getDescription() == null
        ? status.withDescription(description)
        : status.augmentDescription(description);
  }

  /**
   * Undoes the percent-encoding of {@code grpc-message}. Malformed escapes are kept as they are,
   * and bytes that are not UTF-8 become U+FFFD: a malformed message must not hide the status (gRPC
   * over HTTP/2, "Status-Message").
   */
  public static String decodeMessage(CharSequence message) {
    AsciiString encoded = AsciiString.of(message);
    int length = encoded.length();
    if (encoded.indexOf('%', 0) < 0) {
      return new String(encoded.array(), encoded.arrayOffset(), length, StandardCharsets.UTF_8);
    }
    byte[] decoded = new byte[length];
    int size = 0;
    for (int i = 0; i < length; i++) {
      byte b = encoded.byteAt(i);
      int escaped = b == '%' && i + 2 < length ? hexPair(encoded, i + 1) : -1;
      if (escaped >= 0) {
        b = (byte) escaped;
        i += 2;
      }
      decoded[size++] = b;
    }
    return new String(decoded, 0, size, StandardCharsets.UTF_8);
  }

  /**
   * Returns the status for a response without {@code grpc-status} (gRPC's
   * http-grpc-status-mapping).
   */
  public static Status fromHttpStatus(int httpStatus) {
    return codeOf(httpStatus)
        .withDescription(
            "unexpected HTTP status code received from server: " + httpStatusText(httpStatus));
  }

  /**
   * Returns the status of a response that ended without {@code grpc-status}: that of the HTTP
   * status, unless it is 200, which says nothing about the call.
   *
   * @param httpStatus of the response
   * @param problem what is wrong with the response, with a description
   */
  public static Status withoutGrpcStatus(int httpStatus, Status problem) {
    if (httpStatus == 200) {
      return problem;
    }
    Status status = fromHttpStatus(httpStatus);
    return status.withDescription(status.getDescription() + "; " + problem.getDescription());
  }

  private static Status parseCode(CharSequence code) throws MalformedHeaderException {
    if (code.length() == 1 && code.charAt(0) == '0') {
      return Status.OK;
    }
    try {
      return Status.fromCodeValue(Integer.parseInt(code, 0, code.length(), 10));
    } catch (NumberFormatException notAnInteger) {
      throw new MalformedHeaderException(HeaderNames.GRPC_STATUS.toString());
    }
  }

  /** Returns the byte that two hex digits encode, -1 if they are not hex digits. */
  private static int hexPair(AsciiString string, int index) {
    int high = Character.digit(string.byteAt(index), 16);
    int low = Character.digit(string.byteAt(index + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static Status codeOf(int httpStatus) {
    return switch (httpStatus) {
      case 400 -> Status.INTERNAL;
      case 401 -> Status.UNAUTHENTICATED;
      case 403 -> Status.PERMISSION_DENIED;
      case 404 -> Status.UNIMPLEMENTED;
      case 429, 502, 503, 504 -> Status.UNAVAILABLE;
      default -> Status.UNKNOWN;
    };
  }

  private static String httpStatusText(int httpStatus) {
    String phrase = HttpResponseStatus.valueOf(httpStatus).reasonPhrase();
    // Netty makes up a phrase for unregistered codes, which ends in the code in parentheses.
    return phrase.endsWith(")") ? Integer.toString(httpStatus) : httpStatus + " (" + phrase + ")";
  }
}
