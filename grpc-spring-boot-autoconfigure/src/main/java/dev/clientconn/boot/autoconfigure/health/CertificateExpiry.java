// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.health;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** Finds out until when the certificates of an SSL bundle are valid. */
final class CertificateExpiry {

  private CertificateExpiry() {}

  /**
   * Returns when the first certificate of the client's chain ends: from then on servers that
   * require one reject it. Null if the bundle has no private key.
   */
  static @Nullable Instant ofClient(SslBundle bundle) {
    return entries(bundle.getStores()::getKeyStore, true).stream()
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /**
   * Returns when the last trusted certificate ends: from then on no server is accepted. Others that
   * have ended before do not matter, and lists of authorities usually have some. Null if the bundle
   * has no list of its own.
   */
  static @Nullable Instant ofAuthorities(SslBundle bundle) {
    return entries(bundle.getStores()::getTrustStore, false).stream()
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Describes a time for a person: the time, and a warning if it is near or past. */
  static Map<String, String> describe(Instant expiry, Instant now, Duration threshold) {
    Map<String, String> described = new TreeMap<>();
    described.put("expires", expiry.toString());
    Duration left = Duration.between(now, expiry);
    if (left.isNegative()) {
      described.put("warning", "has expired");
    } else if (left.compareTo(threshold) < 0) {
      described.put("warning", "expires in %d days".formatted(left.toDays()));
    }
    return described;
  }

  private static List<Instant> entries(Supplier<@Nullable KeyStore> store, boolean keys) {
    List<Instant> ends = new ArrayList<>();
    try {
      KeyStore loaded = store.get();
      if (loaded == null) {
        return ends;
      }
      for (String alias : Collections.list(loaded.aliases())) {
        for (Certificate certificate : certificates(loaded, alias, keys)) {
          if (certificate instanceof X509Certificate x509) {
            ends.add(x509.getNotAfter().toInstant());
          }
        }
      }
    } catch (KeyStoreException | IllegalStateException unreadable) {
      // A store that cannot be read fails the start, or the update, with a message of its own.
      ends.clear();
    }
    return ends;
  }

  private static Collection<Certificate> certificates(KeyStore store, String alias, boolean keys)
      throws KeyStoreException {
    if (keys) {
      Certificate[] chain = store.isKeyEntry(alias) ? store.getCertificateChain(alias) : null;
      return chain == null ? List.of() : Arrays.asList(chain);
    }
    Certificate trusted = store.isCertificateEntry(alias) ? store.getCertificate(alias) : null;
    return trusted == null ? List.of() : List.of(trusted);
  }
}
