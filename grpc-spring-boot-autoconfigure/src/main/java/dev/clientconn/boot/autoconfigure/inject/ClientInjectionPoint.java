// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import java.util.Set;

/**
 * Describes a place with {@link dev.clientconn.boot.GrpcClient}.
 *
 * @param value the value of the annotation as it is written, placeholders included
 * @param type the type to inject, without {@code Optional} and providers around it
 * @param place the field, method or constructor, for error messages
 */
record ClientInjectionPoint(String value, Class<?> type, Object place) {

  private static final Set<Class<?>> CHANNELS =
      Set.of(Channel.class, ManagedChannel.class, ClientConn.class);

  /**
   * Returns the type of the bean to inject: the stub, or {@link ClientConn} for each type of
   * channel.
   *
   * @throws UnsupportedClientTypeException if the type is neither a channel nor a stub
   */
  Class<?> beanType() {
    if (CHANNELS.contains(this.type)) {
      return ClientConn.class;
    }
    if (AbstractStub.class.isAssignableFrom(this.type)
        && StubMaker.find(this.type).isPresent()) {
      return this.type;
    }
    throw new UnsupportedClientTypeException(this);
  }
}
