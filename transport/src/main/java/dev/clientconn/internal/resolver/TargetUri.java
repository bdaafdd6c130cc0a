// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a target string and holds its URI and the provider that resolves it. A string that is no
 * URI, or whose part after the first colon is a port, gets the default scheme ({@code dns:///}).
 *
 * @param text as the user wrote it
 * @param address the URI that the provider gets, as text: a {@code URI} holds its parts as well,
 *     and is needed once in an idle period
 * @param provider makes resolvers of the URI's scheme
 */
public record TargetUri(String text, String address, NameResolverProvider provider) {
  private static final String DNS = "dns";
  private static final String GRPC_CORE = "io.grpc.internal.";
  private static final String PORT = "\\d{0,5}";

  /**
   * An IPv6 address in brackets, up to a percent sign that RFC 6874 requires to be escaped. It is
   * compiled when needed, which is rare: the first call of a fresh JVM need not wait for it.
   */
  private static final String ZONE = "(\\[[\\p{XDigit}:.]+)%(?!25[^\\]])";

  /**
   * Finds the provider for a target.
   *
   * @throws IllegalArgumentException if no resolver on the classpath knows the target's scheme
   */
  public static TargetUri parse(String target, NameResolverRegistry registry) {
    URI uri = parseOrNull(target);
    if (uri != null && uri.getScheme() != null) {
      NameResolverProvider provider = registry.getProviderForScheme(uri.getScheme());
      if (provider != null) {
        return new TargetUri(target, uri.toString(), provider);
      }
      if (!uri.getRawSchemeSpecificPart().matches(PORT)) {
        throw unknownScheme(target, uri.getScheme());
      }
    }
    String scheme = registry.getDefaultScheme();
    NameResolverProvider provider = registry.getProviderForScheme(scheme);
    if (provider == null) {
      throw new IllegalArgumentException(
          "Target '" + target + "' needs the name resolver of scheme '" + scheme
              + "', which is not on the classpath: add io.grpc:grpc-core");
    }
    return new TargetUri(target, withScheme(scheme, target).toString(), provider);
  }

  URI uri() {
    return URI.create(address);
  }

  /** Makes a resolver that is not started yet. */
  public NameResolver newResolver(NameResolver.Args args) {
    URI uri = uri();
    NameResolver resolver = DNS.equalsIgnoreCase(uri.getScheme())
        ? dns(uri, args)
        : provider.newNameResolver(uri, args);
    if (resolver == null) {
      throw new IllegalArgumentException(
          "Target '" + text + "' is not understood by " + provider.getClass().getName()
              + ", the name resolver of scheme '" + uri.getScheme() + "'");
    }
    return resolver;
  }

  /**
   * grpc-core's resolver accepts only hosts that RFC 2396 allows in a URI: no underscores, ASCII
   * only. It throws for the others, and for a port out of range only in the look-up, when calls are
   * waiting.
   */
  private @Nullable NameResolver dns(URI uri, NameResolver.Args args) {
    HostPort server;
    try {
      server = HostPort.parseDns(text, uri, args.getDefaultPort());
    } catch (IllegalArgumentException e) {
      if (provider.getClass().getName().startsWith(GRPC_CORE)) {
        throw e;
      }
      // Another resolver of this scheme may have another grammar.
      return provider.newNameResolver(uri, args);
    }
    try {
      return provider.newNameResolver(uri, args);
    } catch (IllegalArgumentException | NullPointerException e) {
      return new StaticNameResolver(List.of(server), args);
    }
  }

  private static @Nullable URI parseOrNull(String target) {
    try {
      return new URI(target);
    } catch (URISyntaxException firstTry) {
      try {
        URI unix = UnixTarget.escaped(target);
        if (unix != null) {
          return unix;
        }
        // Neither a list of bracketed IPv6 addresses nor the bare percent sign of a zone is allowed
        // in a URI, but users write them after static:// and dns:///.
        String zones = target.replaceAll(ZONE, "$1%25");
        return new URI(zones.replace("[", "%5B").replace("]", "%5D"));
      } catch (URISyntaxException notAUri) {
        return null;
      }
    }
  }

  private static URI withScheme(String scheme, String target) {
    try {
      return new URI(scheme, "", "/" + target, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "Target '" + target + "' cannot be written as a URI: " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException unknownScheme(String target, String scheme) {
    return new IllegalArgumentException(
        "No name resolver on the classpath knows the scheme '" + scheme
            + "' of target '" + target
            + "'. Write host:port, dns:///host:port, static://host1:port1,host2:port2 or"
            + " unix:///path, or add the artifact that brings the resolver for '" + scheme + "'");
  }
}
