// SPDX-License-Identifier: Apache-2.0
package io.grpc;

/**
 * Stands in for the interface of this name that grpc-api has since 1.83, so that {@code
 * dev.clientconn.ChildConfiguratorBuilder} compiles against older versions. The compiler reads it
 * and writes no class file: it is in no jar, and at run time the interface is grpc-api's or absent.
 */
public interface ChannelConfigurator {

  /** Configures a builder of a child channel. */
  void configureChannelBuilder(ManagedChannelBuilder<?> builder);
}
