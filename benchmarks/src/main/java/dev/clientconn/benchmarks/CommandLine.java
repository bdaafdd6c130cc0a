// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of the form {@code --name=value}, or {@code --name} for a switch; an unknown one is an error. */
final class CommandLine {

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

  /** Seconds on the command line, fractions allowed. */
  Duration seconds(String name, double fallback) {
    String value = values.get(name);
    double seconds = value == null ? fallback : Double.parseDouble(value);
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }
}
