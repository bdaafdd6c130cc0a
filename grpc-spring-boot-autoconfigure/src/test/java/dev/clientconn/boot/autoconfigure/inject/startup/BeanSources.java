// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject.startup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Generates and compiles the bean classes of the benchmark: services with fields, a constructor, an
 * injected setter and a few methods. Every tenth asks for a client, every twentieth has a
 * {@code @Bean} method.
 */
final class BeanSources {

  static final String PACKAGE = "com.example.beans";

  private BeanSources() {}

  /** Compiles {@code count} classes into a jar. */
  static void compile(int count, String classPath, Path folder, Path jar) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path classes = Files.createDirectories(folder.resolve("classes"));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Source> sources = IntStream.range(0, count)
          .mapToObj(i -> new Source("Bean" + i, source(i)))
          .toList();
      boolean compiled = compiler
          .getTask(
              null,
              files,
              null,
              List.of("-proc:none", "-parameters", "-cp", classPath, "-d", classes.toString()),
              null,
              sources)
          .call();
      if (!compiled) {
        throw new IllegalStateException("The bean classes do not compile.");
      }
    }
    pack(classes, jar);
  }

  private static String source(int i) {
    String dependency = i % 10 == 0 ? "String" : "Bean" + (i - 1);
    String name = i % 10 == 0 ? "@Value(\"${order.region:north}\") " : "";
    String client = i % 10 == 5
        ? "@GrpcClient(\"greeter\") private ObjectProvider<HealthBlockingStub> health;"
        : "";
    String product = i % 20 == 7
        ? "@Bean Runnable product%d(ObjectProvider<Map<String, Long>> sizes) { return () -> {}; }"
        : "";
    return """
        package %s;
        import dev.clientconn.boot.GrpcClient;
        import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
        import java.time.Duration;
        import java.util.*;
        import org.springframework.beans.factory.ObjectProvider;
        import org.springframework.beans.factory.annotation.*;
        import org.springframework.context.annotation.Bean;
        import org.springframework.stereotype.Service;
        @Service
        public class Bean%d {
          private static final Duration TIMEOUT = Duration.ofSeconds(%d);
          private final %s dependency;
          private final Map<String, List<Integer>> cache = new HashMap<>();
          private int count;
          private Optional<Runnable> listener = Optional.empty();
          %s
          public Bean%d(%s%s dependency) { this.dependency = dependency; }
          @Autowired void setListeners(ObjectProvider<Comparator<String>> listeners) { count++; }
          %s
          public Duration timeout() { return TIMEOUT; }
          public List<Integer> find(String key) { return cache.getOrDefault(key, List.of()); }
          public void store(String key, List<Integer> values) { cache.put(key, values); }
          @Deprecated public int getCount() { return count; }
          public void setListener(Runnable listener) { this.listener = Optional.of(listener); }
          private void check(String key, int size) { if (size < 0) remove(key); }
          protected boolean remove(String key) { return cache.remove(key) != null; }
          @Override public String toString() { return "Bean" + count + dependency; }
        }
        """.formatted(
            PACKAGE, i, i + 1, dependency, client, i, name, dependency, product.formatted(i));
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      // The component scan finds a package by its directory entry.
      files.filter(file -> !file.equals(classes)).forEach(file -> {
        boolean directory = Files.isDirectory(file);
        try {
          entries.putNextEntry(new JarEntry(classes.relativize(file) + (directory ? "/" : "")));
          if (!directory) {
            Files.copy(file, entries);
          }
        } catch (IOException failed) {
          throw new UncheckedIOException(failed);
        }
      });
    }
  }

  /** One source file in memory. */
  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + Kind.SOURCE.extension), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return this.text;
    }
  }
}
