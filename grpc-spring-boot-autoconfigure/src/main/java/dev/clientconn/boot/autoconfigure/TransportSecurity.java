// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;
import org.springframework.util.StringUtils;

/**
 * The decision for TLS or plaintext. It is never guessed: what is not said is allowed for this
 * machine only.
 */
enum TransportSecurity {
  TLS,
  PLAINTEXT;

  /**
   * Decides for one target.
   *
   * @throws UndecidedTransportSecurityException if another machine is called and nothing was said
   */
  static TransportSecurity decide(TargetSettings settings) {
    GrpcClientSettings.Ssl ssl = settings.values().getSsl();
    Boolean enabled = ssl.getEnabled();
    if (enabled != null) {
      return enabled ? TLS : PLAINTEXT;
    }
    if (StringUtils.hasText(ssl.getBundle())) {
      return TLS;
    }
    List<String> remote = AddressHosts.remote(settings.address());
    if (!remote.isEmpty()) {
      throw new UndecidedTransportSecurityException(settings, remote);
    }
    return PLAINTEXT;
  }
}
