// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class PageRoutesTest {

  private static final Pattern FILE =
      Pattern.compile("(?:href=\"|src=\"|from '\\./)([\\w.]+)[\"']");

  private final SnapshotStream stream = new SnapshotStream(() -> "{}");

  private final MockMvcTester mvc = mvc(getClass().getClassLoader());

  private MockMvcTester mvc(ClassLoader classLoader) {
    PageRoutes routes = new PageRoutes(new PageResources(classLoader), this.stream);
    return MockMvcTester.create(
        MockMvcBuilders.routerFunctions(routes.below("/ops/clients")).build());
  }

  @ParameterizedTest
  @CsvSource({
    "/ops/clients/, text/html",
    "/ops/clients/page.css, text/css",
    "/ops/clients/page.js, text/javascript",
    "/ops/clients/uPlot.esm.js, text/javascript",
    "/ops/clients/uPlot.min.css, text/css",
  })
  void filesHaveTheirTypeAndForbidEverythingElse(String path, String type) {
    assertThat(this.mvc.get().uri(path))
        .hasStatusOk()
        .hasHeader(HttpHeaders.CONTENT_TYPE, type + ";charset=UTF-8")
        .hasHeader("X-Content-Type-Options", "nosniff")
        .hasHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .headers()
        .hasHeaderSatisfying(
            "Content-Security-Policy",
            policy -> assertThat(policy)
                .singleElement()
                .asString()
                .startsWith("default-src 'none'; script-src 'self'"));
  }

  @Test
  void filesOfThePageAreServed() throws Exception {
    for (String page : new String[] {"index.html", "page.js", "target.js", "history.js"}) {
      String text = new ClassPathResource(page, PageRoutes.class)
          .getContentAsString(java.nio.charset.StandardCharsets.UTF_8);
      Stream<String> files = FILE.matcher(text).results().map((MatchResult each) -> each.group(1));
      assertThat(files)
          .allSatisfy(file -> assertThat(this.mvc.get().uri("/ops/clients/" + file))
              .as("%s, which %s needs", file, page)
              .hasStatusOk());
    }
  }

  @Test
  void pathWithoutSlashLeadsToThePage() {
    assertThat(this.mvc.get().uri("/ops/clients")).hasStatus(302).hasHeader("Location", "clients/");
  }

  @Test
  void fileThatHasNotChangedIsNotSentAgain() {
    MvcTestResult first = this.mvc.get().uri("/ops/clients/page.js").exchange();
    String tag = first.getResponse().getHeader(HttpHeaders.ETAG);
    assertThat(tag).isNotNull();

    assertThat(this.mvc.get().uri("/ops/clients/page.js").header(HttpHeaders.IF_NONE_MATCH, tag))
        .hasStatus(304);
  }

  @Test
  void pageDoesWithoutTheChartLibrary() {
    MockMvcTester bare = mvc(withoutCharts());

    assertThat(bare.get().uri("/ops/clients/")).hasStatusOk();
    assertThat(bare.get().uri("/ops/clients/uPlot.esm.js")).hasStatus(404);
  }

  @Test
  void streamIsRefusedWhileTheApplicationStops() {
    assertThat(this.mvc.get().uri("/ops/clients/events")).hasStatus(503);
  }

  @Test
  void streamSendsSnapshotsAsEvents() throws Exception {
    this.stream.start();
    MvcTestResult result = this.mvc.get().uri("/ops/clients/events").asyncExchange();
    assertThat(result.getRequest().isAsyncStarted()).isTrue();

    String text = "";
    long deadline = System.nanoTime() + java.util.concurrent.TimeUnit.SECONDS.toNanos(30);
    while (!text.contains("data:{}\n\n") && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      text = result.getResponse().getContentAsString();
    }
    this.stream.stop();

    assertThat(text).startsWith("retry:2000\ndata:{}\n\n");
    assertThat(result.getResponse().getContentType()).startsWith("text/event-stream");
  }

  /** A class loader that finds no jar. */
  private static ClassLoader withoutCharts() {
    return new ClassLoader(null) {
      @Override
      public Enumeration<URL> getResources(String name) {
        return Collections.emptyEnumeration();
      }
    };
  }
}
