// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.credentials;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds the authorization server of a registration. It needs optional dependencies. */
public interface TokenSources {

  /**
   * Checks a registration.
   *
   * @param registrationId the name of the registration
   * @return why it cannot be used, or null
   */
  @Nullable
  String problem(String registrationId);

  /**
   * Returns the source of tokens of a registration.
   *
   * @param registrationId the name of a registration without a problem
   * @param timeout the time after which a request is given up
   * @return the source
   */
  TokenSource source(String registrationId, Duration timeout);
}
