// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.List;

/** Thrown if neither TLS nor plaintext is configured for a target on another machine. */
public class UndecidedTransportSecurityException extends GrpcClientConfigurationException {

  private static final long serialVersionUID = 1L;

  /** The name of the target, or its address. */
  private final String target;

  UndecidedTransportSecurityException(TargetSettings settings, List<String> hosts) {
    super(
        ("It is not configured whether calls to the gRPC target '%s' (%s) use TLS. Without"
                    + " configuration, only hosts of this machine are called in plaintext."
                    + " Not known to be one: %s.")
                .formatted(settings.name(), settings.address(), String.join(", ", hosts))
            + PropertyText.ofNullable(settings.property("address")),
        "With TLS and the certificate authorities of the JVM:\n\n"
            + settings.yaml("ssl.enabled", "true")
            + "\nWith TLS and your own certificates from spring.ssl.bundle:\n\n"
            + settings.yaml("ssl.bundle", "<name of the bundle>")
            + "\nWithout TLS, so that anyone on the network path can read and change the calls:\n\n"
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
