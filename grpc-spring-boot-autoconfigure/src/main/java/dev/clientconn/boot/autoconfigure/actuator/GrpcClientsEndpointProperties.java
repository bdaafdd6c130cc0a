// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Holds the properties of the endpoint {@code grpcclients}, besides those of every endpoint. */
@ConfigurationProperties("management.endpoint.grpcclients")
public class GrpcClientsEndpointProperties {

  /** When to show passwords, tokens, user names and values of metadata. */
  private Show showValues = Show.NEVER;

  /**
   * Roles of the users that are authorized to see these values. When empty, all authenticated users
   * are authorized.
   */
  private final Set<String> roles = new LinkedHashSet<>();

  /** Creates properties with the default values. */
  public GrpcClientsEndpointProperties() {}

  /**
   * Returns when secrets are shown.
   *
   * @return never, by default
   */
  public Show getShowValues() {
    return this.showValues;
  }

  /**
   * Sets when secrets are shown.
   *
   * @param showValues when
   */
  public void setShowValues(Show showValues) {
    this.showValues = showValues;
  }

  /**
   * Returns the roles of the users that may see secrets.
   *
   * @return the names, which can be added to; empty for all authenticated users
   */
  public Set<String> getRoles() {
    return this.roles;
  }
}
