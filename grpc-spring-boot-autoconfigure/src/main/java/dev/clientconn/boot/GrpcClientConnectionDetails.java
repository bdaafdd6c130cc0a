// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Provides the address and the certificates of gRPC targets, instead of the properties. A bean of
 * this type takes precedence over {@code address}, {@code ssl} and {@code proxy} of its targets;
 * all other settings are those of the properties. Docker Compose and Testcontainers create such
 * beans.
 */
public interface GrpcClientConnectionDetails extends ConnectionDetails {

  /**
   * Returns the targets that these details are for. Each must be configured below {@code
   * grpc.client.targets}, and there must be no other details for it.
   *
   * @return the names in any spelling
   */
  Set<String> getTargets();

  /**
   * Returns the address to connect to. It is called when a channel is built, at each refresh of
   * the properties, and when Actuator's endpoint {@code grpcclients} describes the channel.
   *
   * @return an address as in {@code grpc.client.targets.<name>.address}
   */
  String getAddress();

  /**
   * Returns the certificates to use.
   *
   * @return the bundle, {@link SslBundle#systemDefault()} for the certificate authorities of the
   *     JVM, or null for plaintext. The same object means that nothing has changed
   */
  default @Nullable SslBundle getSslBundle() {
    return null;
  }
}
