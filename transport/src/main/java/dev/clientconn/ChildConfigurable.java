// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ChannelConfigurator;
import io.grpc.ManagedChannelBuilder;

/**
 * Declares the method {@code childChannelConfigurator} as {@link ManagedChannelBuilder} does since
 * grpc-api 1.83. Where that is older at compile time, the compiler would otherwise not write the
 * method that callers look for: the one with the erased return type.
 *
 * @param <B> the builder that the method returns
 */
interface ChildConfigurable<B extends ManagedChannelBuilder<B>> {

  /**
   * Adds what configures the channels that this channel opens for itself.
   *
   * @param configurator called with the builder of each
   * @return this
   */
  B childChannelConfigurator(ChannelConfigurator configurator);
}
