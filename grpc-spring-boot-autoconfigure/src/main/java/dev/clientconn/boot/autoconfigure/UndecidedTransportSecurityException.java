// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;

/** Nobody said whether a target on another machine is called with TLS or in plaintext. */
public class UndecidedTransportSecurityException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  /** The name of the target, or its address. */
  private final String target;

  UndecidedTransportSecurityException(TargetSettings settings, List<String> hosts) {
    super(
        ("Nothing says whether calls to the gRPC target '%s' (%s) use TLS. Only hosts of this"
                    + " machine are called without TLS unasked, and %s is not one.")
                .formatted(settings.name(), settings.address(), String.join(", ", hosts))
            + PropertyText.ofNullable(settings.property("address")),
        "With TLS, trusting the certificate authorities of the JVM:\n\n"
            + settings.yaml("ssl.enabled", "true")
            + "\nWith TLS, and certificates of your own from spring.ssl.bundle:\n\n"
            + settings.yaml("ssl.bundle", "<name of the bundle>")
            + "\nWithout TLS, readable and changeable for everyone on the way:\n\n"
            + settings.yaml("ssl.enabled", "false"));
    this.target = settings.name();
  }

  /**
   * Returns the target for which TLS or plaintext has to be chosen.
   *
   * @return its name, or its address where it has no name
   */
  public String getTarget() {
    return this.target;
  }
}
