// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.settings.SslSettings;
import java.util.List;
import org.springframework.util.StringUtils;

/**
 * Decides between TLS and plaintext. Security is never guessed: plaintext without configuration is
 * allowed only to hosts of this machine.
 */
enum TransportSecurity {
  TLS,
  PLAINTEXT;

  /**
   * Decides for one target.
   *
   * @throws UndecidedTransportSecurityException if the target is on another machine and nothing is
   *     configured
   */
  static TransportSecurity decide(TargetSettings settings) {
    SslSettings ssl = settings.values().getSsl();
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
