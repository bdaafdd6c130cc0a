// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import dev.clientconn.boot.GrpcClientConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.ssl.SslBundle;

/**
 * Holds what the connection details of a target say at one moment.
 *
 * @param target the name of the target
 * @param source names the bean, and its origin if it has one
 * @param address the address
 * @param bundle the certificates, or null for plaintext
 */
public record TargetConnection(
    String target, String source, String address, @Nullable SslBundle bundle) {

  static TargetConnection of(String target, String source, GrpcClientConnectionDetails details) {
    try {
      String address = details.getAddress();
      if (address == null || address.isBlank()) {
        throw InvalidConnectionDetailsException.unusable(target, source, "They have no address.");
      }
      return new TargetConnection(target, source, address.strip(), details.getSslBundle());
    } catch (InvalidConnectionDetailsException described) {
      throw described;
    } catch (RuntimeException thrown) {
      InvalidConnectionDetailsException described =
          InvalidConnectionDetailsException.unusable(target, source, thrown.toString());
      described.initCause(thrown);
      throw described;
    }
  }

  static String source(String bean, GrpcClientConnectionDetails details) {
    Origin origin = Origin.from(details);
    return origin == null
        ? "the bean '%s'".formatted(bean)
        : "the bean '%s' (%s)".formatted(bean, origin);
  }

  /**
   * Creates the exception for an address or a bundle that cannot be used.
   *
   * @param reason what is wrong
   * @return the exception to throw
   */
  public InvalidConnectionDetailsException invalid(String reason) {
    return InvalidConnectionDetailsException.unusable(this.target, this.source, reason);
  }
}
