// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Formats settings as lines of YAML, with each group once. */
final class YamlLines {

  /** Indentation of the lines in a message. */
  private static final String MARGIN = "    ";

  /** The key of a list may have an index. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_<>-]+(\\[\\d+])?");

  private static final Pattern PLAIN_VALUE =
      Pattern.compile("[A-Za-z0-9./<$\\[_-](?!.*(: | #|:$)).*");

  private final Map<String, Object> tree = new LinkedHashMap<>();

  /** Adds a setting, unless it has been added before. */
  YamlLines add(List<String> path, String value) {
    put(this.tree, path, value);
    return this;
  }

  /** Adds {@code grpc.client.<path>}, with dots between the keys of a group. */
  YamlLines addBelowClient(List<String> parents, String key, String value) {
    List<String> path = new ArrayList<>(List.of("grpc", "client"));
    path.addAll(parents);
    path.addAll(List.of(key.split("\\.")));
    return add(path, value);
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> node, List<String> path, String value) {
    String key = key(path.get(0));
    if (path.size() == 1) {
      node.putIfAbsent(key, value);
      return;
    }
    Object child = node.computeIfAbsent(key, absent -> new LinkedHashMap<String, Object>());
    if (child instanceof Map) {
      put((Map<String, Object>) child, path.subList(1, path.size()), value);
    }
  }

  /** Quotes a name with a dot: without brackets its parts would be read as keys. */
  static String key(String name) {
    return PLAIN_KEY.matcher(name).matches() ? name : "\"[" + name + "]\"";
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    print(this.tree, MARGIN, lines);
    return lines.toString();
  }

  @SuppressWarnings("unchecked")
  private static void print(Map<String, Object> node, String indent, StringBuilder lines) {
    node.forEach((key, child) -> {
      if (child instanceof Map) {
        lines.append(indent).append(key).append(":\n");
        print((Map<String, Object>) child, indent + "  ", lines);
      } else {
        lines
            .append(indent)
            .append(key)
            .append(": ")
            .append(value(child.toString()))
            .append('\n');
      }
    });
  }

  private static String value(String text) {
    return PLAIN_VALUE.matcher(text).matches() && !text.startsWith("[")
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
