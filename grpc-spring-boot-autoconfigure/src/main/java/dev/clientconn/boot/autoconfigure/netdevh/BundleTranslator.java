// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Translates the keys {@code security.*} of a client to an SSL bundle, of PEM files or of stores.
 */
final class BundleTranslator {

  private static final String AUTODETECT = "autodetect";

  private final OldClient client;

  private final Problems problems;

  /** Old values by the key of the bundle. */
  private final Map<String, OldValue> pem = new LinkedHashMap<>();

  private final Map<String, OldValue> store = new LinkedHashMap<>();

  private final Map<String, OldValue> options = new LinkedHashMap<>();

  BundleTranslator(OldClient client, Problems problems) {
    this.client = client;
    this.problems = problems;
  }

  List<NewSetting> translate() {
    key();
    trust();
    find(OldKeys.CIPHERS, "options.ciphers", this.options);
    find(OldKeys.PROTOCOLS, "options.enabled-protocols", this.options);
    if (!this.pem.isEmpty() && !this.store.isEmpty()) {
      this.problems.refuse(
          this.store.values().iterator().next(),
          "An SSL bundle has PEM files or stores, not both. Define one bundle below"
              + " spring.ssl.bundle, and set it as ssl.bundle.");
      return List.of();
    }
    String type = this.store.isEmpty() ? "pem" : "jks";
    List<NewSetting> settings = new ArrayList<>();
    Stream.of(this.pem, this.store, this.options)
        .flatMap(part -> part.entrySet().stream())
        .forEach(entry -> settings.add(setting(type, entry.getKey(), entry.getValue())));
    return settings;
  }

  /** The first old key of the bundle, or null if no bundle is needed. */
  @Nullable
  OldValue first() {
    return all().findFirst().orElse(null);
  }

  /** Clients that inherit all of a bundle share it. */
  String name() {
    return all().allMatch(OldValue::global) ? "grpc-global" : "grpc-" + this.client.name();
  }

  private Stream<OldValue> all() {
    return Stream.of(this.pem, this.store, this.options).flatMap(part -> part.values().stream());
  }

  private void key() {
    OldValue privateKey = this.client.get(OldKeys.PRIVATE_KEY);
    OldValue keyStore = this.client.get(OldKeys.KEY_STORE);
    if (!this.client.isTrue(OldKeys.CLIENT_AUTH)) {
      String off = "It has no effect without client-auth-enabled: true.";
      this.problems.leftOut(privateKey, off);
      this.problems.leftOut(keyStore, off);
      this.problems.leftOut(this.client.get(OldKeys.CERTIFICATE), off);
    } else if (privateKey != null) {
      find(OldKeys.CERTIFICATE, "keystore.certificate", this.pem);
      find(OldKeys.PRIVATE_KEY, "keystore.private-key", this.pem);
      find(OldKeys.PRIVATE_KEY_PASSWORD, "keystore.private-key-password", this.pem);
      if (!this.pem.containsKey("keystore.certificate")) {
        this.problems.refuse(privateKey, "It needs a certificate-chain next to it.");
      }
    } else if (keyStore != null) {
      find(OldKeys.KEY_STORE, "keystore.location", this.store);
      find(OldKeys.KEY_STORE_PASSWORD, "keystore.password", this.store);
      format(OldKeys.KEY_STORE_FORMAT, "keystore.type");
    } else {
      OldValue enabled = this.client.get(OldKeys.CLIENT_AUTH);
      if (enabled != null) {
        this.problems.refuse(enabled, "It needs a private-key or a key-store next to it.");
      }
    }
  }

  private void trust() {
    if (this.client.get(OldKeys.TRUSTED) != null) {
      find(OldKeys.TRUSTED, "truststore.certificate", this.pem);
    } else if (this.client.get(OldKeys.TRUST_STORE) != null) {
      find(OldKeys.TRUST_STORE, "truststore.location", this.store);
      find(OldKeys.TRUST_STORE_PASSWORD, "truststore.password", this.store);
      format(OldKeys.TRUST_STORE_FORMAT, "truststore.type");
    }
  }

  /** The default type of Java reads JKS and PKCS12, so that nothing needs to be detected. */
  private void format(String key, String newKey) {
    OldValue format = this.client.get(key);
    if (format != null && !format.text().toLowerCase(Locale.ROOT).equals(AUTODETECT)) {
      this.store.put(newKey, format);
    }
  }

  private void find(String key, String newKey, Map<String, OldValue> into) {
    OldValue value = this.client.get(key);
    if (value != null) {
      into.put(newKey, value);
    }
  }

  private NewSetting setting(String type, String key, OldValue source) {
    List<String> path = new ArrayList<>(List.of("spring", "ssl", "bundle", type, name()));
    path.addAll(Arrays.asList(key.split("\\.")));
    String value = key.startsWith("options.")
        ? source.raw().strip().replaceAll("[ :,]+", ",")
        : key.endsWith("certificate") || key.endsWith("private-key") || key.endsWith("location")
            ? location(source.raw())
            : source.raw();
    return new NewSetting(path, value, source.property());
  }

  /** A location without a prefix is on the class path there, and a file here. */
  private static String location(String raw) {
    boolean plain = !raw.contains(":") && !raw.startsWith("$");
    return plain ? "classpath:" + raw.replaceFirst("^/", "") : raw;
  }
}
