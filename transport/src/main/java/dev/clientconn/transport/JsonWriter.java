// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259). What is absent gets no member. */
final class JsonWriter {

  private final StringBuilder json = new StringBuilder();
  private boolean first = true;

  /** Returns what was written. */
  String json() {
    return json.toString();
  }

  JsonWriter object(Runnable members) {
    return nested('{', members, '}');
  }

  <T> JsonWriter array(Iterable<T> values, Consumer<T> writer) {
    return nested(
        '[',
        () -> values.forEach(value -> {
          comma();
          writer.accept(value);
        }),
        ']');
  }

  private JsonWriter nested(char begin, Runnable content, char end) {
    json.append(begin);
    first = true;
    content.run();
    first = false;
    json.append(end);
    return this;
  }

  /** Begins a member, whose value follows. */
  JsonWriter name(String name) {
    comma();
    text(name);
    json.append(':');
    return this;
  }

  JsonWriter member(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      text(value);
    }
    return this;
  }

  JsonWriter member(String name, long value) {
    name(name);
    json.append(value);
    return this;
  }

  JsonWriter member(String name, boolean value) {
    name(name);
    json.append(value);
    return this;
  }

  JsonWriter member(String name, OptionalLong value) {
    if (value.isPresent()) {
      member(name, value.getAsLong());
    }
    return this;
  }

  JsonWriter member(String name, TimeTotal total) {
    return name(name).object(() -> member("count", total.count()).member("nanos", total.nanos()));
  }

  JsonWriter member(String name, Map<String, Long> counts) {
    return name(name).object(() -> counts.forEach((key, count) -> member(key, (long) count)));
  }

  private void comma() {
    if (!first) {
      json.append(',');
    }
    first = false;
  }

  /** Escapes more than must be: U+2028 and U+2029 end lines in JavaScript, and in some logs. */
  private void text(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
        json.append("\\u").append(Character.forDigit(c >> 12, 16));
        json.append(Character.forDigit(c >> 8 & 15, 16));
        json.append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
