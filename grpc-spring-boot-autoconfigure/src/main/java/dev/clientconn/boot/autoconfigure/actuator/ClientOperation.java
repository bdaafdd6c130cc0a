// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an operator can do with a channel. */
public enum ClientOperation {

  /** Ends delays between attempts to connect, and resolves the name again. */
  RESET_BACKOFF,

  /** Replaces all connections by new ones; the old ones finish their calls. */
  DRAIN;

  /** Begins the operation; returns at once. */
  void begin(ClientConn channel) {
    switch (this) {
      case RESET_BACKOFF -> channel.resetConnectBackoff();
      case DRAIN -> channel.replaceConnections();
    }
  }

  /**
   * Returns the operation of a request.
   *
   * @throws ClientProblemException if there is no such operation
   */
  static ClientOperation of(String name) {
    String id = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    return Stream.of(values())
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .orElseThrow(() -> ClientProblemException.invalid(
            "There is no operation '%s'. Operations: %s.".formatted(name, ids())));
  }

  private static String ids() {
    return Stream.of(values()).map(ClientOperation::id).collect(Collectors.joining(", "));
  }

  /**
   * Returns the name for JSON.
   *
   * @return the name of the constant in lower case, with dashes
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
