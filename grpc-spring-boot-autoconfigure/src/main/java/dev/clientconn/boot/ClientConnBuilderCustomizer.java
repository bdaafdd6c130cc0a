// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConnBuilder;

/**
 * Changes how a channel is built. Beans of this type are called in their order, once for each
 * channel, after the properties have been applied: what they set wins.
 */
@FunctionalInterface
public interface ClientConnBuilderCustomizer {

  /**
   * Customizes the builder of one channel. An exception thrown here makes the start of the
   * application fail.
   *
   * @param target the configured name of the target, or the address where it has none
   * @param builder the builder, with all properties applied
   */
  void customize(String target, ClientConnBuilder builder);
}
