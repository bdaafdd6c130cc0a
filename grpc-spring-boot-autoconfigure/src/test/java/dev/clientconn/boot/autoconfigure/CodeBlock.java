// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One block of code of the README or of a page in {@code docs}.
 *
 * @param page path from the root of the repository
 * @param line of the block's first line of code, from 1
 * @param text without the indentation of the block
 */
record CodeBlock(String page, int line, String text) {

  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^( *)```(\\S*) *([^\n]*)\n(.*?)^ *```$");

  /**
   * Returns the blocks in a language, of all pages, in the order of the files' names. Blocks with
   * the note {@code before} are left out: they show the code of another library.
   */
  static List<CodeBlock> in(String language) {
    List<CodeBlock> blocks = new ArrayList<>();
    for (Path page : pages()) {
      String text = read(page);
      Matcher matcher = BLOCK.matcher(text);
      while (matcher.find()) {
        if (matcher.group(2).equals(language) && !matcher.group(3).equals("before")) {
          blocks.add(new CodeBlock(
              ROOT.relativize(page).toString(),
              (int) text.substring(0, matcher.start(4)).lines().count() + 1,
              matcher.group(4).replaceAll("(?m)^" + matcher.group(1), "")));
        }
      }
    }
    return blocks;
  }

  /** Names the block as editors link it: a path from the root, and a line. */
  String at() {
    return at(1);
  }

  /** Names a line of the block, from 1. */
  String at(long lineOfBlock) {
    return page + ":" + (line + lineOfBlock - 1);
  }

  private static List<Path> pages() {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
