// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Makes the value of {@code user-agent}: the application's text in front of the library's. */
final class UserAgent {
  /** As it goes on the wire: all connections share it. */
  private static final AsciiString OWN = AsciiString.of(own());

  private UserAgent() {}

  static CharSequence of(@Nullable String application) {
    return application == null || application.isBlank()
        ? OWN
        : AsciiString.of(application + " " + OWN);
  }

  private static String own() {
    String version = UserAgent.class.getPackage().getImplementationVersion();
    return "grpc-java-clientconn/" + (version == null ? "dev" : version);
  }
}
