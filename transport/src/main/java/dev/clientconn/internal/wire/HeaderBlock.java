// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Stores the fields of one header block of a response as the HPACK decoder delivers them. The
 * arrays of names and values are reused for the next block of the connection. Append-only: supports
 * what the decoder and the readers call, not the rest of {@link Http2Headers}. Rejects fields that
 * make a message malformed (RFC 9113 section 8.2.1 and 8.3), but does not check the order of
 * pseudo-headers and connection-specific fields.
 */
@EventLoopConfined
public final class HeaderBlock extends DefaultHttp2Headers {

  /** Most response headers have two fields, and most trailers one or two. */
  private static final int INITIAL_CAPACITY = 2;

  /** Larger arrays are not reused. */
  private static final int MAX_REUSED_CAPACITY = 256;

  private AsciiString[] names = new AsciiString[INITIAL_CAPACITY];
  private AsciiString[] values = new AsciiString[INITIAL_CAPACITY];
  private int count;

  /** The result of {@link ResponseHeaders}, in case the same block is received again. */
  @Nullable
  Classified classified;

  /** A result, and what it depends on besides the fields. */
  record Classified(boolean endOfStream, int responseStatus, ResponseBlock result) {}

  public HeaderBlock() {
    super(false, 2);
  }

  /** Number of fields. */
  public int count() {
    return count;
  }

  /** Name of the field at {@code index}, in order of arrival. */
  public CharSequence name(int index) {
    return names[index];
  }

  /** Value of the field at {@code index}, in order of arrival. */
  public CharSequence value(int index) {
    return values[index];
  }

  /** Returns the value of the first field of that name. */
  public @Nullable CharSequence find(AsciiString name) {
    for (int i = 0; i < count; i++) {
      if (name.contentEquals(names[i])) {
        return values[i];
      }
    }
    return null;
  }

  /**
   * Returns the value of the last field of that name: if an intermediary has added a field that the
   * server sent, too, the one added later counts.
   */
  public @Nullable CharSequence findLast(AsciiString name) {
    for (int i = count - 1; i >= 0; i--) {
      if (name.contentEquals(names[i])) {
        return values[i];
      }
    }
    return null;
  }

  /** Whether a field has a binary value. */
  public boolean hasBinary() {
    for (int i = 0; i < count; i++) {
      if (HeaderNames.isBinary(names[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Replaces frequent names and values by common instances, to save memory while the block is
   * cached.
   */
  public void useCommonInstances() {
    for (int i = 0; i < count; i++) {
      names[i] = HeaderNames.common(names[i]);
      values[i] = HeaderNames.common(values[i]);
    }
  }

  @Override
  public HeaderBlock clear() {
    if (names.length > MAX_REUSED_CAPACITY) {
      names = new AsciiString[INITIAL_CAPACITY];
      values = new AsciiString[INITIAL_CAPACITY];
    } else {
      // So that an idle connection does not retain large values.
      Arrays.fill(names, 0, count, null);
      Arrays.fill(values, 0, count, null);
    }
    count = 0;
    classified = null;
    return this;
  }

  /**
   * Appends a field. The decoder turns an exception into a stream error after it has decoded the
   * whole block, so the dynamic table stays correct.
   */
  @Override
  public HeaderBlock add(CharSequence name, CharSequence value) {
    // Netty's decoder passes AsciiStrings: nothing is copied.
    AsciiString asciiName = AsciiString.of(name);
    AsciiString asciiValue = AsciiString.of(value);
    checkName(asciiName);
    checkValue(asciiName, asciiValue);
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      values = Arrays.copyOf(values, count * 2);
    }
    classified = null;
    names[count] = asciiName;
    values[count++] = asciiValue;
    return this;
  }

  @Override
  public @Nullable CharSequence get(CharSequence name) {
    return find(AsciiString.of(name));
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public boolean isEmpty() {
    return count == 0;
  }

  @Override
  public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Map.Entry<CharSequence, CharSequence> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return Map.entry(names[next], values[next++]);
      }
    };
  }

  private void checkName(AsciiString name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("empty header name");
    }
    if (HeaderNames.isPseudo(name)) {
      checkPseudo(name);
      return;
    }
    byte[] bytes = name.array();
    int start = name.arrayOffset();
    for (int i = start; i < start + name.length(); i++) {
      byte b = bytes[i];
      if (b <= ' ' || b == 0x7f || b == ':' || (b >= 'A' && b <= 'Z')) {
        throw illegal("a header name", b);
      }
    }
  }

  /** A response has exactly one pseudo-header (RFC 9113 section 8.3.2). */
  private void checkPseudo(AsciiString name) {
    if (!HeaderNames.STATUS.contentEquals(name)) {
      throw new IllegalArgumentException(
          (PseudoHeaderName.isPseudoHeader(name) ? "request" : "unknown")
              + " pseudo-header "
              + name);
    }
    if (find(name) != null) {
      throw new IllegalArgumentException("pseudo-header " + name + " twice");
    }
  }

  /**
   * Allows spaces around a value, unlike RFC 9113 section 8.2.1: servers send them in
   * {@code grpc-message}.
   */
  private static void checkValue(AsciiString name, AsciiString value) {
    byte[] bytes = value.array();
    int start = value.arrayOffset();
    for (int i = start; i < start + value.length(); i++) {
      byte b = bytes[i];
      if (b <= '\r' && (b == 0 || b == '\n' || b == '\r')) {
        throw illegal("the value of header " + name, b);
      }
    }
  }

  private static IllegalArgumentException illegal(String where, byte b) {
    return new IllegalArgumentException(
        where + " contains byte 0x" + Integer.toHexString(b & 0xff));
  }
}
