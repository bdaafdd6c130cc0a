// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Defines the header names of gRPC over HTTP/2, and which names are treated specially. There is one
 * instance of each name, so that comparing identities is the fast path.
 */
public final class HeaderNames {

  static final AsciiString METHOD = PseudoHeaderName.METHOD.value();
  static final AsciiString SCHEME = PseudoHeaderName.SCHEME.value();
  static final AsciiString PATH = PseudoHeaderName.PATH.value();
  static final AsciiString AUTHORITY = PseudoHeaderName.AUTHORITY.value();
  static final AsciiString STATUS = PseudoHeaderName.STATUS.value();
  static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
  static final AsciiString TE = AsciiString.cached("te");
  static final AsciiString GRPC_PREVIOUS_RPC_ATTEMPTS =
      AsciiString.cached("grpc-previous-rpc-attempts");
  static final AsciiString GRPC_ENCODING = AsciiString.cached("grpc-encoding");
  static final AsciiString GRPC_ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");
  static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");
  static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");

  static final AsciiString APPLICATION_GRPC = AsciiString.cached("application/grpc");

  private static final AsciiString BINARY_SUFFIX = AsciiString.cached("-bin");
  private static final AsciiString B3_PREFIX = AsciiString.cached("x-b3-");

  /**
   * Names that metadata of applications cannot set: those that the transport sets, those that RFC
   * 9113 section 8.2.2 forbids, and those that describe the content of one HTTP message. Gateways
   * copy all headers they have received, and these must not be sent on.
   */
  private static final Set<AsciiString> RESERVED = Set.of(
      CONTENT_TYPE,
      USER_AGENT,
      TE,
      GRPC_ENCODING,
      GRPC_ACCEPT_ENCODING,
      GRPC_TIMEOUT,
      GRPC_STATUS,
      GRPC_MESSAGE,
      AsciiString.cached("grpc-message-type"),
      AsciiString.cached("accept-encoding"),
      AsciiString.cached("content-encoding"),
      AsciiString.cached("content-length"),
      AsciiString.cached("expect"),
      AsciiString.cached("host"),
      AsciiString.cached("http2-settings"),
      AsciiString.cached("connection"),
      AsciiString.cached("keep-alive"),
      AsciiString.cached("proxy-connection"),
      AsciiString.cached("transfer-encoding"),
      AsciiString.cached("upgrade"));

  /**
   * Secrets (RFC 7541 section 7.1.3), and values that differ from call to call: each of them would
   * evict a useful field from the table.
   */
  private static final Set<AsciiString> NEVER_INDEXED = names(
      "grpc-timeout",
      "grpc-previous-rpc-attempts",
      "api-key",
      "apikey",
      "authorization",
      "cookie",
      "proxy-authorization",
      "set-cookie",
      "x-access-token",
      "x-amz-security-token",
      "x-api-key",
      "x-auth-token",
      "x-csrf-token",
      "x-forwarded-access-token",
      "x-goog-api-key",
      "x-goog-iap-jwt-assertion",
      "x-id-token",
      "x-session-token",
      "x-vault-token",
      "x-xsrf-token",
      "traceparent",
      "tracestate",
      "b3",
      "x-request-id",
      "x-cloud-trace-context");

  /** Names and values that most responses consist of. */
  private static final Map<AsciiString, AsciiString> COMMON = sameToSame(
      CONTENT_TYPE,
      APPLICATION_GRPC,
      GRPC_ENCODING,
      GRPC_ACCEPT_ENCODING,
      AsciiString.cached("identity"),
      AsciiString.cached("gzip"),
      GRPC_STATUS,
      AsciiString.cached("0"),
      GRPC_MESSAGE);

  private HeaderNames() {}

  // Loops, as streams would add a dozen classes and lambdas to the first call of a fresh JVM.
  private static Set<AsciiString> names(String... texts) {
    Set<AsciiString> names = new HashSet<>();
    for (String text : texts) {
      names.add(AsciiString.cached(text));
    }
    return Set.copyOf(names);
  }

  private static Map<AsciiString, AsciiString> sameToSame(AsciiString... names) {
    Map<AsciiString, AsciiString> same = new HashMap<>();
    for (AsciiString name : names) {
      same.put(name, name);
    }
    return Map.copyOf(same);
  }

  /** Returns the common instance of a frequent name or value, others unchanged. */
  static AsciiString common(AsciiString nameOrValue) {
    return COMMON.getOrDefault(nameOrValue, nameOrValue);
  }

  static boolean isPseudo(CharSequence name) {
    return name.length() > 0 && name.charAt(0) == ':';
  }

  static boolean isBinary(AsciiString name) {
    return name.endsWith(BINARY_SUFFIX);
  }

  /** Whether metadata of this name is not sent. */
  static boolean isReserved(AsciiString name) {
    return isPseudo(name) || RESERVED.contains(name);
  }

  /**
   * Whether a header must stay out of HPACK's dynamic tables, on every hop (RFC 7541 section
   * 7.1.3): secrets, and values that differ from call to call.
   */
  public static boolean isNeverIndexed(CharSequence name) {
    if (name == GRPC_TIMEOUT) {
      return true;
    }
    if (name == CONTENT_TYPE
        || name == USER_AGENT
        || name == TE
        || name == GRPC_ENCODING
        || name == GRPC_ACCEPT_ENCODING
        || isPseudo(name)) {
      return false;
    }
    AsciiString ascii = AsciiString.of(name);
    return isBinary(ascii) || ascii.startsWith(B3_PREFIX) || NEVER_INDEXED.contains(ascii);
  }
}
