// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds certificates in a key store that have expired or are not valid yet. */
final class ClientCertificates {

  private ClientCertificates() {}

  /** Describes the invalid certificates that have a private key; empty if there are none. */
  static List<String> problems(@Nullable KeyStore keys, Instant now) {
    List<String> problems = new ArrayList<>();
    if (keys == null) {
      return problems;
    }
    try {
      for (String alias : Collections.list(keys.aliases())) {
        if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate own) {
          judge(own, now, problems);
        }
      }
    } catch (KeyStoreException notLoaded) {
      // The key manager factory reports a key store that cannot be used.
      return problems;
    }
    return problems;
  }

  private static void judge(X509Certificate certificate, Instant now, List<String> problems) {
    String subject = certificate.getSubjectX500Principal().getName();
    Instant end = certificate.getNotAfter().toInstant();
    Instant begin = certificate.getNotBefore().toInstant();
    if (now.isAfter(end)) {
      problems.add("the certificate of %s has expired (%s): renew it".formatted(subject, end));
    } else if (now.isBefore(begin)) {
      problems.add(
          "the certificate of %s is not valid yet (%s): check the clock".formatted(subject, begin));
    }
  }
}
