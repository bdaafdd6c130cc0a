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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builds the request headers of a connection's calls on the callers' threads. The headers that all
 * calls of a method have in common are built once; a call that adds none gets one shared immutable
 * list. Does not check the peer's limit on header lists: see {@link #listSize}.
 */
@CrossesThreads
public final class RequestHeaders {

  /** Bounds the cache for programs that create method descriptors again and again. */
  static final int MAX_CACHED_METHODS = 1_000;

  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString GZIP = AsciiString.cached("gzip");

  private static final AsciiString[] NOTHING = {};

  /** Index of the value of {@code :authority} in a list. */
  private static final int AUTHORITY_VALUE = 7;

  private final AsciiString scheme;
  private final String authority;
  private final AsciiString userAgent;
  private final @Nullable AsciiString acceptEncoding;

  /**
   * Copied for each new method, as a connection calls few. Of two threads that do so at the same
   * time one may lose its method, which the next call of it adds. MethodDescriptor does not
   * override equals, so keys are compared by identity.
   */
  private volatile Map<MethodDescriptor<?, ?>, MethodHeaders> methods = Map.of();

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
   * The headers of one call: two lists that are sent as one block.
   *
   * @param shared the same object for all calls of a method; empty if the call overrides the
   *     authority
   * @param own headers of this call only; often empty
   */
  public record Lists(Http2Headers shared, Http2Headers own) {
    public static final Lists NONE =
        new Lists(EmptyHttp2Headers.INSTANCE, EmptyHttp2Headers.INSTANCE);
  }

  /**
   * Returns the headers of one call, immutable. {@code grpc-timeout} is what remains of the
   * deadline now.
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

  /**
   * Returns the size of a header list as the peer's limit counts it (RFC 9113 section 6.5.2),
   * bytes.
   */
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
   * Whether a header must stay out of HPACK's dynamic table, on every hop (RFC 7541 section 7.1.3):
   * secrets, and values that are new with every call.
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
    // The list is shorter if reserved metadata was skipped.
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

  /** Uses one instance of the value that nearly every connection has. */
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
    Map<MethodDescriptor<?, ?>, MethodHeaders> known = methods;
    MethodHeaders cached = known.get(method);
    if (cached != null) {
      return cached;
    }
    MethodHeaders made = makeMethodHeaders(method);
    if (known.size() < MAX_CACHED_METHODS) {
      Map<MethodDescriptor<?, ?>, MethodHeaders> more = new HashMap<>(known);
      more.put(method, made);
      methods = Map.copyOf(more);
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

  /**
   * {@code ReadOnlyHttp2Headers.clientHeaders} would allocate a second array for pseudo-headers.
   */
  private static Http2Headers headers(AsciiString[] namesAndValues) {
    return namesAndValues.length == 0
        ? EmptyHttp2Headers.INSTANCE
        : ReadOnlyHttp2Headers.trailers(false, namesAndValues);
  }

  /** The headers that all calls of one method have in common. */
  private static final class MethodHeaders {
    final AsciiString[] all;
    final Lists plain;

    MethodHeaders(AsciiString[] all) {
      this.all = all;
      this.plain = new Lists(headers(all), EmptyHttp2Headers.INSTANCE);
    }
  }
}
