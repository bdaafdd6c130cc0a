// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the table of builder methods with the builders of grpc-java that are on the class path,
 * so that a method that grpc-java adds gets a row, and writes the table of the documentation.
 *
 * <p>With the system property {@code builders.update} it writes the page instead of comparing it.
 */
class BuilderMethodsTest {
  private static final Path PAGE = Path.of("..", "docs", "grpc-java.md");
  private static final Path TABLE = Path.of("src", "test", "resources", "builder-methods.txt");
  private static final String UPDATE =
      "mvn -pl transport test -Dtest=BuilderMethodsTest -Dbuilders.update";
  private static final String BEGIN = "| Method of grpc-java | Here |";
  private static final String UNSUPPORTED = "not supported";
  private static final List<Class<?>> BUILDERS =
      List.of(ManagedChannelBuilder.class, NettyChannelBuilder.class);

  @Test
  void everyMethodOfTheBuildersHasARow() throws IOException {
    Set<String> missing = new TreeSet<>(methods().keySet());
    missing.removeAll(rows().keySet());

    assertThat(missing)
        .as("Methods of grpc-java on the class path that ClientConn says nothing of. Decide what"
            + " each is here: override those of ManagedChannelBuilder in ClientConnBuilder, or let"
            + " the row begin with '" + UNSUPPORTED + "'. Add rows 'method | text' to " + TABLE
            + ", then run: " + UPDATE)
        .isEmpty();
  }

  @Test
  void everyRowHasAMethodOrTheVersionThatBringsIt() throws IOException {
    Map<String, String> left = rows();
    left.keySet().removeAll(methods().keySet());

    assertThat(left)
        .as("rows of " + TABLE + " for methods that are not there")
        .allSatisfy((method, text) -> assertThat(text).startsWith("since "));
  }

  @Test
  void clientConnBuilderOverridesWhatItSupports() throws IOException {
    Map<String, String> rows = rows();
    // Methods that newer versions of grpc-java add are in a subclass, which is not public.
    Map<String, Method> own =
        methodsOf(ClientConnBuilder.forTarget("localhost:1").getClass());
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Method> entry :
        methodsOf(ManagedChannelBuilder.class).entrySet()) {
      String method = ManagedChannelBuilder.class.getSimpleName() + "." + entry.getKey();
      boolean supported = !rows.getOrDefault(method, "").contains(UNSUPPORTED);
      if (supported != own.containsKey(entry.getKey())) {
        wrong.add(method);
      }
    }

    assertThat(wrong)
        .as("rows of " + TABLE + " that begin with '" + UNSUPPORTED
            + "' although ClientConnBuilder overrides the method, or the reverse")
        .isEmpty();
  }

  @Test
  void rowsAreInOrder() throws IOException {
    assertThat(new ArrayList<>(rows().keySet())).isSorted();
  }

  @Test
  void thePageIsWhatIsGenerated() throws IOException {
    List<String> page = Files.readAllLines(PAGE);
    int begin = page.indexOf(BEGIN);
    assertThat(begin).as("line of " + PAGE + ": " + BEGIN).isPositive();
    int end = begin;
    while (page.get(end).startsWith("|")) {
      end++;
    }
    List<String> generated = new ArrayList<>(page.subList(0, begin));
    generated.addAll(List.of(BEGIN, "|---|---|"));
    rows().forEach((method, text) -> generated.add("| `" + method + "` | " + text + " |"));
    generated.addAll(page.subList(end, page.size()));
    if (System.getProperty("builders.update") != null) {
      Files.write(PAGE, generated);
    }

    assertThat(Files.readAllLines(PAGE)).as("run: " + UPDATE).isEqualTo(generated);
  }

  /** The text by method, in the order of the file. */
  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 2);
        assertThat(parts).as("'method | text': " + line).hasSize(2);
        assertThat(rows.put(parts[0], parts[1])).as("second row of " + parts[0]).isNull();
      }
    }
    return rows;
  }

  private static Map<String, Method> methods() {
    Map<String, Method> methods = new TreeMap<>();
    for (Class<?> builder : BUILDERS) {
      methodsOf(builder)
          .forEach((name, method) -> methods.put(builder.getSimpleName() + "." + name, method));
    }
    return methods;
  }

  /** What a class, or one above it that is not grpc-java's base class, declares for callers. */
  private static Map<String, Method> methodsOf(Class<?> builder) {
    Map<String, Method> methods = new TreeMap<>();
    Class<?> declaring = builder;
    do {
      for (Method method : declaring.getDeclaredMethods()) {
        int modifiers = method.getModifiers();
        boolean callable = Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
        if (callable && !method.isSynthetic() && !method.getName().equals("delegate")) {
          methods.put(signature(method), method);
        }
      }
      declaring = declaring.getSuperclass();
    } while (declaring.getName().startsWith("dev.clientconn."));
    return methods;
  }

  private static String signature(Method method) {
    Stream<String> parameters = Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName);
    return method.getName() + parameters.collect(Collectors.joining(", ", "(", ")"));
  }
}
