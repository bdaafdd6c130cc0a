// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

/** Creates connection details of the containers of tests that have {@code @ServiceConnection}. */
final class GrpcContainerConnectionDetailsFactory
    extends ContainerDetailsFactory<ContainerDetailsFactory.OfOneContainer> {}
