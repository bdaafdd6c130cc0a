// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.util.StreamUtils;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Holds the files of the page: those of this library, and those of uPlot's webjar, which draws the
 * charts, if it is on the class path.
 */
final class PageResources {

  static final String INDEX = "index.html";

  private static final List<String> SCRIPTS =
      List.of("page.js", "target.js", "history.js", "charts.js", "text.js");

  /** Where the files of uPlot are; the name of a folder is the version. */
  static final String CHART_LIBRARY = "META-INF/resources/webjars/uplot/*/dist/";

  private static final MediaType SCRIPT = new MediaType("text", "javascript");

  private static final MediaType STYLE = new MediaType("text", "css");

  /**
   * Nothing runs and nothing is loaded but the files of the page, whatever text a server sends.
   */
  private static final String SECURITY_POLICY = "default-src 'none'; script-src 'self';"
      + " style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none';"
      + " form-action 'none'; frame-ancestors 'self'";

  private final Map<String, File> files = new LinkedHashMap<>();

  private record File(ByteArrayResource content, MediaType type, String tag) {

    static File read(Resource resource, MediaType type) {
      try (InputStream stream = resource.getInputStream()) {
        byte[] bytes = StreamUtils.copyToByteArray(stream);
        return new File(
            new ByteArrayResource(bytes), type, "\"" + DigestUtils.md5DigestAsHex(bytes) + "\"");
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + resource, e);
      }
    }
  }

  PageResources(@Nullable ClassLoader classLoader) {
    addOwn(INDEX, MediaType.TEXT_HTML);
    addOwn("page.css", STYLE);
    for (String script : SCRIPTS) {
      addOwn(script, SCRIPT);
    }
    addChartLibrary("uPlot.esm.js", SCRIPT, classLoader);
    addChartLibrary("uPlot.min.css", STYLE, classLoader);
  }

  private void addOwn(String name, MediaType type) {
    this.files.put(name, File.read(new ClassPathResource(name, PageResources.class), type));
  }

  /** The version is in the path; of several versions any will do. */
  private void addChartLibrary(String name, MediaType type, @Nullable ClassLoader classLoader) {
    String pattern = "classpath*:" + CHART_LIBRARY + name;
    try {
      for (Resource found :
          new PathMatchingResourcePatternResolver(classLoader).getResources(pattern)) {
        this.files.putIfAbsent(name, File.read(found, type));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + pattern, e);
    }
  }

  /** Returns the names of the files, which are paths relative to that of the page. */
  Iterable<String> names() {
    return this.files.keySet();
  }

  /** Returns a file; the message converters of the application do not take part. */
  ServerResponse response(String name) {
    File file = this.files.get(name);
    if (file == null) {
      return ServerResponse.notFound().build();
    }
    return ServerResponse.ok()
        .contentType(new MediaType(file.type(), StandardCharsets.UTF_8))
        .contentLength(file.content().contentLength())
        .cacheControl(CacheControl.noCache())
        .eTag(file.tag())
        .header("Content-Security-Policy", SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .build((request, response) -> {
          response.getOutputStream().write(file.content().getByteArray());
          return null;
        });
  }
}
