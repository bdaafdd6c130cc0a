// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** Registers the files of the page for native images. */
final class PageRuntimeHints implements RuntimeHintsRegistrar {

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
    String folder = PageRuntimeHints.class.getPackageName().replace('.', '/');
    for (String type : new String[] {"html", "css", "js"}) {
      hints.resources().registerPattern(folder + "/*." + type);
    }
    hints.resources().registerPattern(PageResources.CHART_LIBRARY + "uPlot.*");
  }
}
