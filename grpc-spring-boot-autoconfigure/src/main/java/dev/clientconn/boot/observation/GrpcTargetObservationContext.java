// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.observation;

import io.grpc.Metadata;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.observation.transport.Propagator.Setter;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is known of an observed call, with the name of its target. A convention that casts
 * the context to this class can use the name in its own keys.
 */
public class GrpcTargetObservationContext extends GrpcClientObservationContext {

  private final @Nullable String target;

  /**
   * Creates the context of one call.
   *
   * @param target the name of the target, or null if the call is not on a channel of a target
   * @param setter sets the headers that propagate a trace
   */
  public GrpcTargetObservationContext(@Nullable String target, Setter<Metadata> setter) {
    super(setter);
    this.target = target;
  }

  /**
   * Returns the configured name of the target.
   *
   * @return the name; the address, if the target is an address that has no name; null for calls on
   *     channels that this starter has not built
   */
  public @Nullable String getTarget() {
    return this.target;
  }
}
