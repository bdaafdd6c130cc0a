// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** Runs Chromium without a window, and opens pages in it through the DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");

  private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

  private static final long STOP_SECONDS = 10;

  private final Process process;
  private final Path profile;
  private final DevTools tools;

  private Browser(Process process, Path profile, DevTools tools) {
    this.process = process;
    this.profile = profile;
    this.tools = tools;
  }

  /** Returns the program: system property or environment variable CHROMIUM, or on the path. */
  static Optional<Path> program() {
    String configured = System.getProperty("chromium", System.getenv("CHROMIUM"));
    if (configured != null) {
      return Optional.of(Path.of(configured));
    }
    return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Browser start() {
    try {
      Path program = program().orElseThrow(() -> new IOException("There is no Chromium"));
      Path profile = Files.createTempDirectory("browser-test");
      Process process = new ProcessBuilder(
              program.toString(),
              "--headless=new",
              "--no-sandbox", // CI runs as root
              "--disable-gpu",
              "--disable-dev-shm-usage",
              "--hide-scrollbars",
              "--no-first-run",
              "--no-default-browser-check",
              "--disable-background-networking",
              "--disable-background-timer-throttling",
              "--disable-backgrounding-occluded-windows",
              "--disable-renderer-backgrounding",
              "--disable-component-update",
              "--force-device-scale-factor=1",
              "--remote-debugging-port=0",
              "--user-data-dir=" + profile,
              "about:blank")
          .redirectErrorStream(true)
          .start();
      return new Browser(process, profile, DevTools.connect(address(process)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what Chromium prints until it says where it listens, and discards the rest. */
  private static String address(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      printed.append(line).append('\n');
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        discardRest(output);
        return matcher.group(1);
      }
    }
    throw new IOException("Chromium has ended:\n" + printed);
  }

  /** Otherwise the pipe would become full, and Chromium would stop. */
  private static void discardRest(BufferedReader output) {
    Thread reader = new Thread(
        () -> {
          try {
            output.transferTo(Writer.nullWriter());
          } catch (IOException closed) {
            // Chromium has ended.
          }
        },
        "chromium-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Opens a page in a window of this size, in CSS pixels. */
  BrowserPage open(String address, int width, int height, boolean dark) {
    return BrowserPage.open(tools, address, width, height, dark);
  }

  @Override
  public void close() {
    tools.close();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      FileSystemUtils.deleteRecursively(profile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // A process of Chromium may still write; the folder for temporary files is emptied by others.
    }
  }
}
