// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Limits the knots of the class graph. A knot is a strongly connected component: a set of top-level
 * classes each of which depends on all others, directly or through them. None of them can be
 * understood, or tested, without the rest.
 */
class ClassGraphTest {

  private static final String BASE = "dev.clientconn";

  /**
   * The most classes that a knot may have, by package; 1, which is no knot, for packages not named.
   */
  private static final Map<String, Integer> LIMITS = Map.of(
      // The builder, and its subclass for versions of grpc-api that have a further method.
      "", 2,
      // A report and its listener.
      "transport", 2,
      "internal.http2", 3,
      "internal.call", 3);

  private static final Graph MAIN = Graph.ofMainClasses();

  @Test
  void noKnotIsLargerThanItsPackageAllows() {
    assertThat(MAIN.knots())
        .allSatisfy(knot -> assertThat(knot.classes())
            .as(() -> MAIN.describe(knot))
            .hasSizeLessThanOrEqualTo(LIMITS.getOrDefault(knot.packages().first(), 1)));
  }

  @Test
  void noKnotReachesAcrossPackages() {
    assertThat(MAIN.knots())
        .allSatisfy(
            knot -> assertThat(knot.packages()).as(() -> MAIN.describe(knot)).hasSize(1));
  }

  @Test
  void findsTheKnotsOfAGraph() {
    Graph graph = new Graph(Map.of(
        "a.A", Set.of("a.B"),
        "a.B", Set.of("a.C"),
        "a.C", Set.of("a.A", "b.D"),
        "b.D", Set.of("b.E"),
        "b.E", Set.of()));

    assertThat(graph.knots()).containsExactly(new Knot(new TreeSet<>(Set.of("a.A", "a.B", "a.C"))));
    assertThat(graph.describe(graph.knots().get(0)))
        .isEqualTo("knot of 3:\n  a.A -> a.B\n  a.B -> a.C\n  a.C -> a.A");
  }

  /** Names are without {@link #BASE}. */
  record Knot(TreeSet<String> classes) {

    TreeSet<String> packages() {
      TreeSet<String> packages = new TreeSet<>();
      for (String name : classes) {
        packages.add(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
      }
      return packages;
    }
  }

  /** Top-level classes; what a nested class depends on, the class around it depends on. */
  record Graph(Map<String, Set<String>> edges) {

    static Graph ofMainClasses() {
      Map<String, Set<String>> edges = new TreeMap<>();
      for (JavaClass from : new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE)) {
        Set<String> targets = edges.computeIfAbsent(topLevel(from), name -> new TreeSet<>());
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          JavaClass to = dependency.getTargetClass().getBaseComponentType();
          if (to.getPackageName().startsWith(BASE) && !topLevel(to).equals(topLevel(from))) {
            targets.add(topLevel(to));
          }
        }
      }
      return new Graph(edges);
    }

    private static String topLevel(JavaClass c) {
      return c.getEnclosingClass()
          .map(Graph::topLevel)
          .orElseGet(() -> c.getName().substring(BASE.length() + 1));
    }

    List<Knot> knots() {
      return new Search(edges).run();
    }

    String describe(Knot knot) {
      return knot.classes().stream()
          .map(from -> edges.getOrDefault(from, Set.of()).stream()
              .filter(knot.classes()::contains)
              .collect(joining(", ", "\n  " + from + " -> ", "")))
          .collect(joining("", "knot of " + knot.classes().size() + ":", ""));
    }
  }

  /** Tarjan's algorithm. */
  private static final class Search {

    private final Map<String, Set<String>> edges;
    private final Map<String, Integer> index = new HashMap<>();
    private final Map<String, Integer> low = new HashMap<>();
    private final Deque<String> stack = new ArrayDeque<>();
    private final List<Knot> found = new ArrayList<>();

    private Search(Map<String, Set<String>> edges) {
      this.edges = edges;
    }

    private List<Knot> run() {
      for (String name : edges.keySet()) {
        if (!index.containsKey(name)) {
          visit(name);
        }
      }
      return found;
    }

    private void visit(String name) {
      index.put(name, index.size());
      low.put(name, index.get(name));
      stack.push(name);
      for (String next : edges.getOrDefault(name, Set.of())) {
        if (!index.containsKey(next)) {
          visit(next);
          low.merge(name, low.get(next), Math::min);
        } else if (stack.contains(next)) {
          low.merge(name, index.get(next), Math::min);
        }
      }
      if (low.get(name).equals(index.get(name))) {
        close(name);
      }
    }

    private void close(String root) {
      TreeSet<String> component = new TreeSet<>();
      String name;
      do {
        name = stack.pop();
        component.add(name);
      } while (!name.equals(root));
      if (component.size() > 1) {
        found.add(new Knot(component));
      }
    }
  }
}
