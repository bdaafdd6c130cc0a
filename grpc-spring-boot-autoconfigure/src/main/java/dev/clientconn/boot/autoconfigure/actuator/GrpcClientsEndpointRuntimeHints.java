// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.boot.autoconfigure.actuator.GrpcClientsEndpoint.BegunOperation;
import dev.clientconn.boot.autoconfigure.actuator.GrpcClientsEndpoint.ClientList;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.StreamSnapshot;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the records of responses for native images: Jackson reads them by reflection, and
 * {@link SnapshotTree} reads those of the transport so.
 */
final class GrpcClientsEndpointRuntimeHints implements RuntimeHintsRegistrar {

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
    new BindingReflectionHintsRegistrar()
        .registerReflectionHints(
            hints.reflection(),
            ClientList.class,
            ClientDescription.class,
            BegunOperation.class,
            ClientProblem.class,
            ClientConnSnapshot.class,
            StreamSnapshot.class);
  }
}
