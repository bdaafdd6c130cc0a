// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.conformance;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Generates the conformance page from its text and the annotated tests.
 *
 * <p>A line of the text that starts with an id is a behaviour, and becomes a row of a table whose
 * last column is added here. Every other line is copied.
 */
final class ConformancePage {

  private static final Pattern BEHAVIOUR =
      Pattern.compile("([A-Z]\\d+[a-z]?) \\| (.+?) \\| (.+?)(?: \\| none: (.+))?");

  private final List<String> text;
  private final Map<String, TreeSet<String>> testClasses = new TreeMap<>();

  ConformancePage(List<String> text, List<Method> tests) {
    this.text = text;
    for (Method test : tests) {
      for (String id : test.getAnnotation(Conforms.class).value()) {
        testClasses
            .computeIfAbsent(id, key -> new TreeSet<>())
            .add(test.getDeclaringClass().getSimpleName());
      }
    }
  }

  /** Gives the whole page. */
  List<String> lines() {
    List<String> page = new ArrayList<>();
    boolean inTable = false;
    for (String line : text) {
      Matcher behaviour = BEHAVIOUR.matcher(line);
      if (behaviour.matches() && !inTable) {
        page.add("| id | behaviour | here | tests |");
        page.add("|---|---|---|---|");
      }
      inTable = behaviour.matches();
      page.add(inTable ? row(behaviour) : line);
    }
    return page;
  }

  private String row(Matcher behaviour) {
    String reason = behaviour.group(4);
    String proof = reason == null
        ? tests(behaviour.group(1)).stream()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(" "))
        : "none: " + reason;
    return "| " + behaviour.group(1) + " | " + behaviour.group(2) + " | " + behaviour.group(3)
        + " | " + proof + " |";
  }

  /** Lists what is wrong with the text or the annotations; empty if nothing is. */
  List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    Map<String, String> reasons = new LinkedHashMap<>();
    String previous = "";
    for (String line : text) {
      Matcher behaviour = BEHAVIOUR.matcher(line);
      if (!behaviour.matches()) {
        if (line.matches("[A-Z]\\d+[a-z]? .*")) {
          mistakes.add("not 'id | behaviour | here': " + line);
        }
        continue;
      }
      String id = behaviour.group(1);
      if (id.charAt(0) == (previous + id).charAt(0) && id.compareTo(previous) <= 0) {
        mistakes.add(id + " comes after " + previous);
      }
      previous = id;
      String reason = behaviour.group(4);
      reasons.put(id, reason == null ? "" : reason);
    }
    reasons.forEach((id, reason) -> {
      if (reason.isEmpty() == tests(id).isEmpty()) {
        mistakes.add(id + (reason.isEmpty() ? " has neither a test nor a reason" : " has both"));
      }
    });
    testClasses.forEach((id, names) -> {
      if (!reasons.containsKey(id)) {
        mistakes.add(id + " of " + names + " is not in the text");
      }
    });
    return mistakes;
  }

  private Set<String> tests(String id) {
    return testClasses.getOrDefault(id, new TreeSet<>());
  }
}
