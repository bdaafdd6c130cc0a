// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Checks the path of the page. */
final class PagePath {

  private static final Pattern VALID = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

  private PagePath() {}

  /**
   * Returns the path without a slash at its end.
   *
   * @throws InvalidConfigurationPropertyValueException with the reason and the remedy
   */
  static String check(String configured) {
    String path =
        configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
    if (!VALID.matcher(path).matches()) {
      throw new InvalidConfigurationPropertyValueException(
          "grpc.client.page.path",
          configured,
          "A path starts with a slash and has at least one segment of letters, digits, dots and"
              + " dashes, such as /grpc-clients.");
    }
    return path;
  }
}
