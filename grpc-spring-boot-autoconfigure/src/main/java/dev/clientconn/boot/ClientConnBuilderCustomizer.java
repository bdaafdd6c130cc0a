// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConnBuilder;

/**
 * Changes the builder of a channel before the channel is built. Beans of this type are called in
 * their order, once for each channel, after all properties have been applied, so their values
 * override the properties.
 */
@FunctionalInterface
public interface ClientConnBuilderCustomizer {

  /**
   * Customizes the builder of one channel. An exception thrown here fails the start of the
   * application.
   *
   * @param target the configured name of the target, or its address if it has no name
   * @param builder the builder, with all properties applied
   */
  void customize(String target, ClientConnBuilder builder);
}
