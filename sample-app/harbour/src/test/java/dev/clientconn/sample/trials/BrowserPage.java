// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Drives one page of a browser. */
final class BrowserPage implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 120_000;

  private final DevTools tools;
  private final String target;
  private final String session;

  private BrowserPage(DevTools tools, String target, String session) {
    this.tools = tools;
    this.target = target;
    this.session = session;
  }

  static BrowserPage open(DevTools tools, String address, int width, int height, boolean dark) {
    String target = tools
        .send("", "Target.createTarget", Map.of("url", "about:blank"))
        .get("targetId")
        .asString();
    String session = tools
        .send("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
        .get("sessionId")
        .asString();
    BrowserPage page = new BrowserPage(tools, target, session);
    page.send("Page.enable", Map.of());
    page.send("Runtime.enable", Map.of());
    page.send("Log.enable", Map.of());
    // Whatever becomes of the windows of other tests: a hidden page receives no snapshots.
    page.send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
    page.size(width, height);
    page.colours(dark);
    page.send("Page.navigate", Map.of("url", address));
    return page;
  }

  void size(int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  void colours(boolean dark) {
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    send("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /** Evaluates an expression, whose promise is awaited. */
  JsonNode evaluate(String expression) {
    JsonNode result = send(
        "Runtime.evaluate",
        Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
    }
    return result.get("result").path("value");
  }

  /**
   * Waits until an expression is true; otherwise fails with the value of another one, and with the
   * state of the page.
   */
  void await(String condition, String otherwise) {
    JsonNode met = evaluate("""
        new Promise((resolve) => {
          const begin = Date.now();
          const check = () => {
            let met = false;
            try { met = Boolean(%s); } catch (notYet) { }
            if (met || Date.now() - begin > %d) {
              resolve(met);
            } else {
              setTimeout(check, 50);
            }
          };
          check();
        })""".formatted(condition, PATIENCE_MILLIS));
    if (!met.asBoolean()) {
      throw new AssertionError("%s is not met within %d s, but: %s%nThe page is %s; errors: %s"
          .formatted(
              condition,
              PATIENCE_MILLIS / 1000,
              evaluate(otherwise),
              evaluate("document.visibilityState + '; '"
                  + " + (document.querySelector('.gc-status')?.innerText ?? 'no status')"),
              errors()));
    }
  }

  /** Presses a key, such as Tab, Enter or ArrowRight. */
  void press(String key, int code, String text) {
    Map<String, Object> down = new java.util.HashMap<>(
        Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code));
    if (!text.isEmpty()) {
      down.put("text", text);
    }
    send("Input.dispatchKeyEvent", down);
    send(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
  }

  /** Writes a picture of an element, with some pixels around it. */
  void picture(String selector, Path file) {
    JsonNode box = evaluate("""
        (() => {
          const box = document.querySelector('%s').getBoundingClientRect();
          return [box.x + scrollX, box.y + scrollY, box.width, box.height];
        })()""".formatted(selector));
    Map<String, Object> clip = Map.of(
        "x",
        Math.max(0, box.get(0).asDouble() - 8),
        "y",
        Math.max(0, box.get(1).asDouble() - 8),
        "width",
        box.get(2).asDouble() + 16,
        "height",
        box.get(3).asDouble() + 16,
        "scale",
        1);
    JsonNode image = send(
        "Page.captureScreenshot",
        Map.of("format", "png", "clip", clip, "captureBeyondViewport", true));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(image.get("data").asString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what the page has thrown or logged as an error. */
  List<String> errors() {
    return tools.events(session).stream()
        .filter(BrowserPage::isError)
        .map(event -> event.get("params").toString())
        .toList();
  }

  private static boolean isError(JsonNode event) {
    return switch (event.get("method").asString()) {
      case "Runtime.exceptionThrown" -> true;
      case "Log.entryAdded" -> event.at("/params/entry/level").asString().equals("error");
      case "Runtime.consoleAPICalled" -> event.at("/params/type").asString().equals("error");
      default -> false;
    };
  }

  private JsonNode send(String method, Map<String, Object> parameters) {
    return tools.send(session, method, parameters);
  }

  @Override
  public void close() {
    tools.send("", "Target.closeTarget", Map.of("targetId", target));
  }
}
