// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Reads the metadata of a target from its properties. It rejects keys and values that cannot be
 * sent, and keys that gRPC and HTTP/2 use themselves.
 */
record MetadataMapper(TargetSettings settings) {

  private static final Pattern KEY = Pattern.compile("[0-9a-z_.-]+");

  private static final String BINARY = "-bin";

  /** RFC 9113 section 8.2.2 and gRPC over HTTP/2, "Requests". */
  private static final Set<String> RESERVED = Set.of(
      "connection",
      "content-length",
      "content-type",
      "host",
      "http2-settings",
      "keep-alive",
      "proxy-connection",
      "te",
      "transfer-encoding",
      "upgrade");

  @Nullable
  DefaultMetadata map() {
    Map<String, List<String>> values = this.settings.values().getMetadata();
    if (values == null) {
      return null;
    }
    DefaultMetadata.Builder metadata = new DefaultMetadata.Builder();
    values.forEach((written, each) -> {
      String key = key(written);
      if (key.endsWith(BINARY)) {
        metadata.addBinary(
            key, each.stream().map(value -> binary(written, value)).toList());
      } else if (!each.isEmpty()) {
        metadata.addText(key, each.stream().map(value -> text(written, value)).toList());
      }
    });
    return metadata.isEmpty() ? null : metadata.build();
  }

  private String key(String written) {
    String key = written.toLowerCase(Locale.ROOT);
    String problem = problem(key);
    if (problem != null) {
      throw invalid(written, problem);
    }
    return key;
  }

  private static @Nullable String problem(String key) {
    if (!KEY.matcher(key).matches() || key.equals(BINARY)) {
      return "The key '%s' cannot be sent. Letters, digits, '-', '_' and '.' are allowed."
          .formatted(key);
    }
    if (key.startsWith("grpc-") || RESERVED.contains(key)) {
      return "The key '%s' is reserved for the protocol.".formatted(key);
    }
    if (key.equals("user-agent")) {
      return "The channel sends a user-agent itself; the key user-agent of the target sets it.";
    }
    if (key.equals("authorization")) {
      return "It would be sent without TLS, too. Use the keys below credentials.";
    }
    return null;
  }

  private String text(String written, String value) {
    String stripped = value.strip();
    for (int i = 0; i < stripped.length(); i++) {
      char c = stripped.charAt(i);
      if (c < ' ' || c > '~') {
        throw invalid(
            written,
            ("Character %d is 0x%02X; only printable ASCII can be sent."
                    + " A key that ends in -bin takes any bytes, in Base64.")
                .formatted(i + 1, (int) c));
      }
    }
    return stripped;
  }

  private byte[] binary(String written, String value) {
    try {
      return Base64.getDecoder().decode(value.strip());
    } catch (IllegalArgumentException invalid) {
      throw invalid(
          written,
          "The value of a key that ends in -bin is Base64: %s.".formatted(invalid.getMessage()));
    }
  }

  private InvalidConfigurationPropertyValueException invalid(String key, String reason) {
    ConfigurationProperty property = property(key);
    return property == null
        ? this.settings.invalid("metadata", key, reason)
        : this.settings
            .properties()
            .invalid(property.getName(), this.settings.properties().value(property), reason);
  }

  /** Finds the property of a key, which may be one that the Binder could not spell. */
  private @Nullable ConfigurationProperty property(String key) {
    List<ConfigurationProperty> candidates = new ArrayList<>(this.settings.own());
    candidates.addAll(
        this.settings.properties().below(GrpcClientTargets.DEFAULTS.append("metadata")));
    return candidates.stream()
        .filter(property -> isOf(property.getName(), key))
        .findFirst()
        .orElse(null);
  }

  private static boolean isOf(ConfigurationPropertyName name, String key) {
    for (int i = 0; i < name.getNumberOfElements() - 1; i++) {
      String element = name.getElement(i, ConfigurationPropertyName.Form.ORIGINAL);
      if (element.equals("metadata")) {
        List<String> rest = KeyCheck.elements(name, i + 1);
        return key.equals(rest.get(0)) || key.equals(String.join(".", rest));
      }
    }
    return false;
  }
}
