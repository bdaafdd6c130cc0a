// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.StreamParameters;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builds the request headers of a connection's calls, on the callers' threads. What is the same for every call of a
 * method is made once; a call that adds nothing of its own shares one immutable list. Does not check the peer's limit
 * on header lists: see {@link #listSize}.
 */
@CrossesThreads
public final class RequestHeaders {

  /** Methods whose headers are kept; a program that makes up descriptors as it goes must not grow this for ever. */
  static final int MAX_CACHED_METHODS = 1_000;

  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString GZIP = AsciiString.cached("gzip");

  private static final AsciiString[] NOTHING = {};

  /** Where the value of {@code :authority} stands in a list. */
  private static final int AUTHORITY_VALUE = 7;

  private final AsciiString scheme;
  private final String authority;
  private final AsciiString userAgent;
  private final @Nullable AsciiString acceptEncoding;

  // Descriptors do not override equals: the map compares identities.
  private final Map<MethodDescriptor<?, ?>, MethodHeaders> methods = new ConcurrentHashMap<>(1);

  /**
   * @param scheme value of {@code :scheme}
   * @param authority value of {@code :authority} for calls that do not override it
   * @param userAgent value of {@code user-agent}
   * @param acceptEncoding value of {@code grpc-accept-encoding}, {@code null} to leave it out
   */
  public RequestHeaders(
      String scheme, String authority, CharSequence userAgent, @Nullable String acceptEncoding) {
    this.scheme = schemeName(scheme);
    this.authority = authority;
    this.userAgent = AsciiString.of(userAgent);
    this.acceptEncoding = acceptEncoding == null ? null : shared(AsciiString.of(acceptEncoding));
  }

  /**
   * The headers of one call, in two lists that make one block.
   *
   * @param shared the very same object for each call of a method; empty where the call has an authority of its own
   * @param own what only this call says; often empty
   */
  public record Lists(Http2Headers shared, Http2Headers own) {
    public static final Lists NONE =
        new Lists(EmptyHttp2Headers.INSTANCE, EmptyHttp2Headers.INSTANCE);
  }

  /**
   * The headers of one call, immutable; {@code grpc-timeout} counts from now.
   *
   * @throws io.grpc.StatusRuntimeException INTERNAL if a metadata value, the authority, the
   *     encoding
   *     or the method's name cannot be sent as a header
   */
  public Lists of(StreamParameters call) {
    MethodHeaders method = methodHeaders(call.method());
    int metadataCount = MetadataCodec.count(call.metadata());
    if (metadataCount == 0
        && call.authority() == null
        && call.messageEncoding() == null
        && call.deadline() == null
        && call.previousAttempts() == 0) {
      return method.plain;
    }
    if (call.authority() == null) {
      return new Lists(method.plain.shared(), own(NOTHING, call, metadataCount));
    }
    AsciiString[] all = method.all.clone();
    all[AUTHORITY_VALUE] = word(call.authority(), "authority");
    return new Lists(EmptyHttp2Headers.INSTANCE, own(all, call, metadataCount));
  }

  /** Size of a header list as the peer's limit counts it (RFC 9113 section 6.5.2). */
  public static long listSize(Lists headers) {
    return listSize(headers.shared()) + listSize(headers.own());
  }

  private static long listSize(Http2Headers headers) {
    long size = 0;
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      size += header.getKey().length() + (long) header.getValue().length() + 32;
    }
    return size;
  }

  /**
   * Whether a header must stay out of HPACK's dynamic table, on every hop (RFC 7541 section 7.1.3): secrets, and values
   * that are new with every call.
   */
  public static boolean isNeverIndexed(CharSequence name) {
    return HeaderNames.isNeverIndexed(name);
  }

  private static Http2Headers own(AsciiString[] before, StreamParameters call, int metadataCount) {
    int at = before.length;
    AsciiString[] list = Arrays.copyOf(before, at + varying(call) + 2 * metadataCount);
    if (call.previousAttempts() > 0) {
      list[at++] = HeaderNames.GRPC_PREVIOUS_RPC_ATTEMPTS;
      list[at++] = AsciiString.of(Integer.toString(call.previousAttempts()));
    }
    String encoding = call.messageEncoding();
    if (encoding != null) {
      list[at++] = HeaderNames.GRPC_ENCODING;
      list[at++] = encoding.equals("gzip") ? GZIP : word(encoding, "message encoding");
    }
    Deadline deadline = call.deadline();
    if (deadline != null) {
      list[at++] = HeaderNames.GRPC_TIMEOUT;
      list[at++] = TimeoutCodec.encode(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    at = MetadataCodec.encode(call.metadata(), list, at);
    // Reserved metadata has been left out.
    return headers(at == list.length ? list : Arrays.copyOf(list, at));
  }

  private static int varying(StreamParameters call) {
    return (call.previousAttempts() > 0 ? 2 : 0)
        + (call.messageEncoding() != null ? 2 : 0)
        + (call.deadline() != null ? 2 : 0);
  }

  private static AsciiString schemeName(String scheme) {
    return switch (scheme) {
      case "http" -> HTTP;
      case "https" -> HTTPS;
      default -> AsciiString.of(scheme);
    };
  }

  /** Nearly every connection has this one. */
  private static AsciiString shared(AsciiString encoding) {
    return encoding.equals(GZIP) ? GZIP : encoding;
  }

  private static AsciiString word(String value, String what) {
    String problem = HeaderText.problemOfWord(value);
    if (problem != null) {
      throw Status.INTERNAL
          .withDescription("the " + what + " of the call " + problem)
          .asRuntimeException();
    }
    return AsciiString.of(value);
  }

  private MethodHeaders methodHeaders(MethodDescriptor<?, ?> method) {
    MethodHeaders cached = methods.get(method);
    if (cached != null) {
      return cached;
    }
    MethodHeaders made = makeMethodHeaders(method);
    if (methods.size() < MAX_CACHED_METHODS) {
      methods.put(method, made);
    }
    return made;
  }

  private MethodHeaders makeMethodHeaders(MethodDescriptor<?, ?> method) {
    AsciiString[] prefix = {
      HeaderNames.METHOD, POST,
      HeaderNames.SCHEME, scheme,
      HeaderNames.PATH, word("/" + method.getFullMethodName(), "path"),
      HeaderNames.AUTHORITY, word(authority, "authority"),
      HeaderNames.CONTENT_TYPE, HeaderNames.APPLICATION_GRPC,
      HeaderNames.USER_AGENT, userAgent,
      HeaderNames.TE, TRAILERS,
    };
    if (acceptEncoding == null) {
      return new MethodHeaders(prefix);
    }
    AsciiString[] all = Arrays.copyOf(prefix, prefix.length + 2);
    all[prefix.length] = HeaderNames.GRPC_ACCEPT_ENCODING;
    all[prefix.length + 1] = acceptEncoding;
    return new MethodHeaders(all);
  }

  /** {@code clientHeaders} would take pseudo-headers apart, in an order of its own, and make a second array. */
  private static Http2Headers headers(AsciiString[] namesAndValues) {
    return namesAndValues.length == 0
        ? EmptyHttp2Headers.INSTANCE
        : ReadOnlyHttp2Headers.trailers(false, namesAndValues);
  }

  /** What the calls of one method share. */
  private static final class MethodHeaders {
    final AsciiString[] all;
    final Lists plain;

    MethodHeaders(AsciiString[] all) {
      this.all = all;
      this.plain = new Lists(headers(all), EmptyHttp2Headers.INSTANCE);
    }
  }
}
