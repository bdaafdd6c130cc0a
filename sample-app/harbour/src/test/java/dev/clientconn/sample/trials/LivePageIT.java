// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.test.FaultyServer;
import dev.clientconn.sample.SampleApplication;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Looks at the live page with a browser. */
@SpringBootTest(
    classes = SampleApplication.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.grpc.server.enabled=false",
      "server.servlet.context-path=/harbour",
      // Nothing that is looked for ends by itself, however slow the browser is.
      "harbour.trial-duration=1h",
      "grpc.client.targets.ports.deadline=1h",
      "grpc.client.targets.ports.streams.pending-timeout=1h"
    })
class LivePageIT {

  /** Where the pictures go; docs/images if they are to be replaced. */
  private static final Path PICTURES = Path.of(System.getProperty("pictures", "target/pictures"));

  private static final String MARKUP =
      "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">";

  /** A promise that is kept when the page has shown four more snapshots. */
  private static final String FOUR_SNAPSHOTS = """
      new Promise((resolve) => {
        let shown = 0;
        new MutationObserver(() => ++shown === 4 && resolve())
            .observe(document.querySelector('.gc-status'), { childList: true });
      })""";

  private static final int TAB = 9;
  private static final int ENTER = 13;
  private static final int RIGHT = 39;

  private static final FaultyServer SERVER = new FaultyServer();

  @SuppressWarnings("NullAway.Init")
  private static Browser browser;

  @LocalServerPort
  private int port;

  @Autowired
  private Trials trials;

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) {
    SERVER.replaceTarget("ports", properties);
  }

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() {
    browser.close();
    SERVER.close();
  }

  private BrowserPage open(int width, boolean dark) {
    trials.stop();
    BrowserPage page =
        browser.open("http://localhost:" + port + "/harbour/#trials", width, 900, dark);
    page.await(
        "document.querySelectorAll('.gc-causes tbody tr').length > 0", "document.body.innerText");
    page.await(
        "document.querySelectorAll('#trials-list button').length > 0", "document.body.innerText");
    return page;
  }

  @ParameterizedTest
  @EnumSource
  void eachTrialShowsItsCause(Trial trial) {
    try (BrowserPage page = open(1200, false)) {
      String cause = trial.cause().id();
      page.evaluate("document.querySelector('[name=%s]').click()".formatted(trial));

      page.await(
          "document.querySelector('[name=%s]').ariaPressed === 'true'".formatted(trial),
          "document.querySelector('.trials').innerText");
      page.await(
          "document.querySelector('[data-cause=%s][data-share]').dataset.share > 0.75"
              .formatted(cause),
          "document.querySelector('.gc-causes').innerText");
      page.await(
          "document.querySelector('.gc-verdict').dataset.cause === '%s'".formatted(cause),
          "document.querySelector('.gc-verdict').innerText");
      page.evaluate(FOUR_SNAPSHOTS);
      page.picture(
          ".gc-panel.gc-waits",
          PICTURES.resolve(trial.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".png"));
      page.evaluate("document.getElementById('trials-stop').click()");
      page.await(
          "document.getElementById('trials-running').innerText === 'No trial runs.'",
          "document.querySelector('.trials').innerText");

      assertThat(page.errors()).isEmpty();
    }
  }

  @Test
  void pageFitsANarrowScreen() {
    try (BrowserPage page = open(360, false)) {
      page.evaluate("document.querySelector('[name=STREAM_LIMIT]').click()");
      page.await(
          "document.querySelectorAll('.gc-split').length > 3",
          "document.querySelector('.gc-calls').innerText");

      assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(360);
      assertThat(page.evaluate("""
              [...document.querySelectorAll('main *')].filter((each) =>
                each.getBoundingClientRect().right > 360 && !each.closest('canvas, thead'))
                .map((each) => each.outerHTML).join()""").asString()).isEmpty();
      page.picture("body", PICTURES.resolve("narrow.png"));
      assertThat(page.errors()).isEmpty();
    }
  }

  @Test
  void pageFollowsTheColourScheme() {
    try (BrowserPage page = open(1200, true)) {
      String background = "getComputedStyle(document.body).backgroundColor";
      String dark = page.evaluate(background).asString();
      page.evaluate("document.querySelector('[name=SLOW_SERVER]').click()");
      page.await("document.querySelectorAll('.gc-split').length > 3", "document.body.innerText");
      page.picture("body", PICTURES.resolve("dark.png"));

      page.colours(false);

      assertThat(page.evaluate(background).asString()).isNotEqualTo(dark);
      page.picture("body", PICTURES.resolve("light.png"));
      assertThat(page.errors()).isEmpty();
    }
  }

  @Test
  void keysReachEverything() {
    try (BrowserPage page = open(1200, false)) {
      for (int i = 0; i < 40; i++) {
        if (page.evaluate("document.activeElement.name === 'ROLLING_GOAWAY'").asBoolean()) {
          break;
        }
        page.press("Tab", TAB, "");
      }
      page.press("Enter", ENTER, "\r");
      page.await(
          "document.querySelector('[name=ROLLING_GOAWAY]').ariaPressed === 'true'",
          "document.querySelector('.trials').innerText");

      page.evaluate("document.querySelector('[name=gc-target]:checked').focus()");
      page.press("ArrowRight", RIGHT, "");
      page.await(
          "document.querySelector('[name=gc-target]:checked').value === 'ports'", "location.href");
      assertThat(page.evaluate("location.hash").asString()).isEqualTo("#ports");
    }
  }

  @Test
  void textOfAServerIsNoMarkup() {
    SERVER.onCall(call -> {
      call.goAway(call.streamId(), Http2Error.NO_ERROR, MARKUP);
      call.respondEmpty();
    });
    try (BrowserPage page = open(1200, false)) {
      page.evaluate("fetch('ports/NLRTM').catch(() => {})".replace("fetch", "void fetch"));
      page.evaluate("document.querySelector('[name=gc-target][value=ports]').click()");

      page.await(
          "document.querySelector('#gc-events + ol').innerText.includes('<script>')",
          "document.querySelector('.gc-target-view').innerText");

      assertThat(page.evaluate("document.title").asString()).startsWith("Harbour");
      assertThat(page.evaluate("document.querySelectorAll('main img, main script').length")
              .asInt())
          .isZero();
    }
  }

  @Test
  void settingChangesAtRunTime() {
    try (BrowserPage page = open(1200, false)) {
      page.evaluate("document.querySelector('#deadline-value').value = '1234s'");
      page.evaluate("document.querySelector('#deadline button').click()");
      page.await(
          "document.querySelector('#deadline output').innerText === 'Changed: ports.'",
          "document.querySelector('#deadline output').innerText");

      page.evaluate("document.querySelector('#deadline-value').value = 'soon'");
      page.evaluate("document.querySelector('#deadline button').click()");
      page.await(
          "document.querySelector('#deadline output').innerText.includes('is no duration')",
          "document.querySelector('#deadline output').innerText");
    }
  }
}
