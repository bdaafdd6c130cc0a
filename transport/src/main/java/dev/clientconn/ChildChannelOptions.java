// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;

/**
 * Configures the channels that a channel's policies and name resolvers open for themselves. Two
 * that are equal configure the same.
 */
interface ChildChannelOptions {

  /**
   * Configures a child channel, and passes these options on to the children of that.
   *
   * @param child of any transport
   */
  void configure(ManagedChannelBuilder<?> child);

  /**
   * Passes these options to a name resolver.
   *
   * @param args of the resolver
   */
  void addTo(NameResolver.Args.Builder args);
}
