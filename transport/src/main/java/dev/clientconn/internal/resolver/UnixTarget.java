// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses targets that name a unix socket. */
final class UnixTarget {
  static final String PATH_SCHEME = "unix";
  static final String ABSTRACT_SCHEME = "unix-abstract";

  /** The authority of calls over a unix socket; the same in all gRPC languages. */
  static final String AUTHORITY = "localhost";

  private UnixTarget() {}

  /** Escapes the path of a target; returns {@code null} if it names no unix socket. */
  static @Nullable URI escaped(String target) throws URISyntaxException {
    for (String scheme : List.of(PATH_SCHEME, ABSTRACT_SCHEME)) {
      if (target.startsWith(scheme + ":")) {
        String name = URLEncoder.encode(target.substring(scheme.length() + 1), UTF_8);
        return new URI(scheme + ":" + name.replace("+", "%20").replace("%2F", "/"));
      }
    }
    return null;
  }

  /**
   * Returns all that follows the scheme: in a socket's name {@code ?} and {@code #} are characters.
   *
   * @throws IllegalArgumentException if there is nothing, or a host
   */
  static String name(URI uri) {
    String name = uri.getSchemeSpecificPart();
    if (uri.getFragment() != null) {
      name += "#" + uri.getFragment();
    }
    if (name.startsWith("//")) {
      name = name.substring(2);
      if (!name.startsWith("/")) {
        throw wrong(uri, "has a host or a relative path after '//'");
      }
    }
    if (name.isEmpty()) {
      throw wrong(uri, "names no socket");
    }
    return name;
  }

  static IllegalArgumentException wrong(URI uri, String what) {
    return new IllegalArgumentException("Target '" + uri + "' " + what
        + "; write unix:///absolute/path, unix:relative/path or unix-abstract:name");
  }
}
