// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.NameResolverRegistry;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the spelling of an address before it is used. It finds mistakes in the text only; the
 * first call reports others, such as an unknown host.
 */
final class AddressCheck {

  private static final int MAX_PORT = 65_535;

  private static final String NO_HOST =
      "It has no host. Write static://<host>:<port>,<host>:<port> or dns:///<host>:<port>.";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*).*");

  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):(.*)");

  private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^]]*]|[^:/\\[\\]]*):([^:]*)");

  /** RFC 1123 allows the others but underscores, which are common besides. */
  private static final Pattern IN_NO_NAME = Pattern.compile("[\\p{ASCII}&&[^\\w.-]]");

  /** The operating system decides on the details, and on the names of zones. */
  private static final Pattern IPV6 = Pattern.compile("[\\p{XDigit}:.]*:[\\p{XDigit}:.]*(%.+)?");

  private AddressCheck() {}

  /** Describes a mistake in an address and how to correct it; null if there is none. */
  static @Nullable String problem(String address) {
    Matcher placeholder =
        PLACEHOLDER.matcher(address.substring(Math.max(0, address.indexOf("${"))));
    if (placeholder.matches()) {
      return "The placeholder ${%1$s} has no value. Set it, or write a default: ${%1$s:<value>}."
          .formatted(placeholder.group(1));
    }
    if (address.startsWith("in-process:")) {
      return "A ClientConn needs an HTTP/2 connection and cannot reach an in-process server. Let"
          + " the server listen on a port of localhost.";
    }
    Matcher uri = SCHEME.matcher(address);
    if (!uri.matches()) {
      return address.matches("\\d+")
          ? "It is a port without a host. Write <host>:%s.".formatted(address)
          : ofHostAndPort(address, address);
    }
    String rest = uri.group(2);
    return switch (uri.group(1).toLowerCase(Locale.ROOT)) {
      case "dns" -> ofDns(rest);
      case "static" -> ofHosts(rest.startsWith("//") ? rest.substring(2) : rest);
      default ->
        rest.startsWith("/") || isScheme(uri.group(1)) ? null : ofHostAndPort(address, rest);
    };
  }

  /**
   * Describes the correction of an address with a scheme that no name resolver supports; null if
   * one does.
   */
  static @Nullable String unknownScheme(String address) {
    Matcher uri = SCHEME.matcher(address);
    if (!uri.matches() || isScheme(uri.group(1)) || !uri.group(2).startsWith("/")) {
      return null;
    }
    String rest = uri.group(2).replaceFirst("^/*", "").replaceFirst("/.*", "");
    return switch (uri.group(1).toLowerCase(Locale.ROOT)) {
      case "http", "grpc" -> withoutScheme(rest, "ssl.enabled: false");
      case "https", "grpcs" -> withoutScheme(rest, "ssl.enabled: true");
      case "xds" ->
        "There is no xDS client. Add the dependency io.grpc:grpc-xds, and its bootstrap"
            + " configuration in GRPC_XDS_BOOTSTRAP or GRPC_XDS_BOOTSTRAP_CONFIG.";
      case "discovery" ->
        "There is no discovery client. Add a starter of Spring Cloud that has one, such as"
            + " spring-cloud-starter-netflix-eureka-client or"
            + " spring-cloud-starter-consul-discovery.";
      default ->
        "No name resolver on the classpath supports the scheme '%s'. Write dns:///<host>:<port>,"
                .formatted(uri.group(1))
            + " or add the library that contains the resolver.";
    };
  }

  private static String withoutScheme(String rest, String security) {
    return "Write host and port without the scheme, and set TLS by its own key: address:"
        + " %s and %s.".formatted(rest, security);
  }

  private static boolean isScheme(String scheme) {
    return NameResolverRegistry.getDefaultRegistry().getProviderForScheme(scheme) != null;
  }

  private static @Nullable String ofDns(String rest) {
    if (rest.replace("/", "").isBlank()) {
      return NO_HOST;
    }
    if (!rest.startsWith("//")) {
      return rest.matches("\\d+")
          ? "It has no host. Write dns:///<host>:%s.".formatted(rest)
          : ofHosts(rest);
    }
    int slash = rest.indexOf('/', 2);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    if (path.isEmpty()) {
      return "In dns://%1$s the host is a DNS server, and there is no name to look up. Write three"
              .formatted(rest.substring(2).replaceFirst("/$", ""))
          + " slashes: dns:///%s.".formatted(rest.replaceFirst("^//", "").replaceFirst("/$", ""));
    }
    return ofHosts(path);
  }

  private static @Nullable String ofHosts(String hosts) {
    if (hosts.replace(",", "").isBlank()) {
      return NO_HOST;
    }
    for (String host : hosts.split(",", -1)) {
      if (host.isBlank()) {
        return "The list of hosts has an empty element: remove the comma.";
      }
      Matcher matcher = HOST_AND_PORT.matcher(host.strip());
      String problem = ofHost(matcher.matches() ? matcher.group(1) : host.strip());
      if (problem == null && matcher.matches()) {
        problem = ofPort(matcher.group(2));
      }
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String ofHost(String host) {
    boolean quoted = host.startsWith("[") && host.endsWith("]");
    if (quoted || IPV6.matcher(host).matches()) {
      return !quoted || IPV6.matcher(host.substring(1, host.length() - 1)).matches()
          ? null
          : "There is no IPv6 address in the brackets. Write <host>:<port> or [<IPv6>]:<port>.";
    }
    // A second colon is reported last: often another character belongs in place of the first.
    String characters = host.contains(":") ? host.replace(":", "") + ":" : host;
    for (int i = 0; i < characters.length(); i++) {
      String character = characters.substring(i, i + 1);
      // Wide forms of ASCII characters become ASCII in the name that is looked up (RFC 3491).
      if (IN_NO_NAME
          .matcher(Normalizer.normalize(character, Normalizer.Form.NFKC))
          .find()) {
        return "No host name has the character '%s'. Write <host>:<port>, several of them as"
                .formatted(character)
            + " static://<host>:<port>,<host>:<port>.";
      }
    }
    return null;
  }

  private static @Nullable String ofHostAndPort(String address, String rest) {
    if (address.indexOf(',') > 0) {
      return "A list of hosts needs a scheme. Write static://%s.".formatted(address);
    }
    if (address.startsWith("/")) {
      return NO_HOST;
    }
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      return "An address has no path. Write %s."
          .formatted(address.substring(0, address.indexOf('/')));
    }
    return ofHosts(address);
  }

  private static @Nullable String ofPort(String port) {
    if (port.isEmpty()) {
      return "The port after the colon is missing.";
    }
    if (!port.matches("\\d+")) {
      return "The port '%s' is not a number.".formatted(port);
    }
    boolean tooLong = port.length() > 9;
    int number = tooLong ? 0 : Integer.parseInt(port);
    return number < 1 || number > MAX_PORT
        ? "The port %s is not between 1 and %d.".formatted(port, MAX_PORT)
        : null;
  }
}
