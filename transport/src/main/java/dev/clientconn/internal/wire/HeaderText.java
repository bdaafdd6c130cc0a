// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import org.jspecify.annotations.Nullable;

/**
 * Checks text that becomes part of a request's header fields. With a line break in it, the text
 * could add fields where a proxy forwards by HTTP/1, and a strict server resets the stream (RFC
 * 9113 section 8.2.1).
 */
public final class HeaderText {

  private HeaderText() {}

  /** Returns what is wrong with a value (not printable ASCII), {@code null} if nothing is. */
  public static @Nullable String problemOfValue(CharSequence text) {
    return problem(text, ' ', "only printable ASCII can be sent");
  }

  /** Returns what is wrong with an authority or a path (spaces too), {@code null} if nothing is. */
  public static @Nullable String problemOfWord(CharSequence text) {
    return problem(text, '!', "only printable ASCII without spaces can be sent");
  }

  /**
   * Returns what is wrong with the name of a field (RFC 9110 section 5.1), {@code null} if nothing
   * is.
   */
  public static @Nullable String problemOfName(CharSequence text) {
    if (text.length() == 0) {
      return "is empty";
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed =
          c < 0x7f && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
      if (!allowed) {
        return problem(c, i, "a header name cannot have it");
      }
    }
    return null;
  }

  private static @Nullable String problem(CharSequence text, char lowest, String rule) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < lowest || c > '~') {
        return problem(c, i, rule);
      }
    }
    return null;
  }

  private static String problem(char c, int index, String rule) {
    return String.format("has character 0x%02x at index %d: %s", (int) c, index, rule);
  }
}
