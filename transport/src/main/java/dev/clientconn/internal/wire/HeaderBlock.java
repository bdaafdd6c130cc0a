// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.threading.EventLoopConfined;
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
 * One header block as the HPACK decoder delivers it: arrays of names and values, reused for the next block of the
 * connection. Append-only; supports what the decoder and readers call, not the rest of {@link Http2Headers}. Rejects
 * fields that make a message malformed (RFC 9113 section 8.2.1 and 8.3); the order of pseudo-headers and
 * connection-specific fields are left to a validating decoder.
 */
@EventLoopConfined
public final class HeaderBlock extends DefaultHttp2Headers {

  private static final int INITIAL_CAPACITY = 16;

  /** Above this, arrays are not kept for the next block. */
  private static final int MAX_KEPT_CAPACITY = 256;

  private CharSequence[] names = new CharSequence[INITIAL_CAPACITY];
  private CharSequence[] values = new CharSequence[INITIAL_CAPACITY];
  private int count;

  public HeaderBlock() {
    super(false, 2);
  }

  /** How many fields there are. */
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

  /** Value of the first field of that name. */
  public @Nullable CharSequence find(AsciiString name) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name || name.contentEquals(names[i])) {
        return values[i];
      }
    }
    return null;
  }

  @Override
  public HeaderBlock clear() {
    if (names.length > MAX_KEPT_CAPACITY) {
      names = new CharSequence[INITIAL_CAPACITY];
      values = new CharSequence[INITIAL_CAPACITY];
    } else {
      // Values may be large, and the next block may be long in coming.
      Arrays.fill(names, 0, count, null);
      Arrays.fill(values, 0, count, null);
    }
    count = 0;
    return this;
  }

  /** Appends a field; the decoder turns the exception into a stream error, once the whole block is decoded. */
  @Override
  public HeaderBlock add(CharSequence name, CharSequence value) {
    checkName(name);
    checkValue(name, value);
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      values = Arrays.copyOf(values, count * 2);
    }
    names[count] = name;
    values[count++] = value;
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

  private void checkName(CharSequence name) {
    if (HeaderNames.isPseudo(name)) {
      if (!PseudoHeaderName.isPseudoHeader(name)) {
        throw new IllegalArgumentException("unknown pseudo-header " + name);
      }
      if (get(name) != null) {
        throw new IllegalArgumentException("pseudo-header " + name + " twice");
      }
      return;
    }
    if (name.length() == 0) {
      throw new IllegalArgumentException("empty header name");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == ':' || (c >= 'A' && c <= 'Z')) {
        throw new IllegalArgumentException(
            "header name with character 0x" + Integer.toHexString(c) + " at index " + i);
      }
    }
  }

  /** Surrounding spaces are let through, against the RFC: servers send them in {@code grpc-message}. */
  private static void checkValue(CharSequence name, CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= '\r' && (c == 0 || c == '\n' || c == '\r')) {
        throw new IllegalArgumentException(
            "value of header " + name + " with character 0x" + Integer.toHexString(c));
      }
    }
  }
}
