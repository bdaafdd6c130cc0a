// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of the form {@code --name=value}, or {@code --name} for a switch; an unknown one is an error. */
final class CommandLine {

  /** So that a message with its prefix is an array. */
  private static final int MOST_BYTES = 1 << 30;

  private final Map<String, String> values = new LinkedHashMap<>();

  CommandLine(List<String> args, Set<String> known) {
    for (String arg : args) {
      int equals = arg.indexOf('=');
      String name = equals < 0 ? arg : arg.substring(0, equals);
      if (!name.startsWith("--") || !known.contains(name.substring(2))) {
        throw new IllegalArgumentException("no option '" + arg + "'; there are " + known);
      }
      values.put(name.substring(2), equals < 0 ? "true" : arg.substring(equals + 1));
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name, String fallback) {
    return values.getOrDefault(name, fallback);
  }

  List<String> list(String name, String fallback) {
    return List.of(text(name, fallback).split(","));
  }

  int number(String name, int fallback) {
    String value = values.get(name);
    return value == null ? fallback : Integer.parseInt(value);
  }

  /** A number of bytes, with suffix K or M for binary thousands and millions of them. */
  int bytes(String name, int fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }
    char suffix = value.isEmpty() ? ' ' : value.charAt(value.length() - 1);
    long unit = suffix == 'K' ? 1 << 10 : suffix == 'M' ? 1 << 20 : 1;
    String digits = unit == 1 ? value : value.substring(0, value.length() - 1);
    long bytes = Long.parseLong(digits) * unit;
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException(name + " is 0 to " + MOST_BYTES + " bytes, not " + value);
    }
    return (int) bytes;
  }

  /** Seconds on the command line, fractions allowed. */
  Duration seconds(String name, double fallback) {
    String value = values.get(name);
    double seconds = value == null ? fallback : Double.parseDouble(value);
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }
}
