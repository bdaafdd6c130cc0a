// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.interceptor.InjectedInterceptors;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import java.util.List;
import java.util.Set;

/**
 * Describes a place with {@link dev.clientconn.boot.GrpcClient}.
 *
 * @param value the value of the annotation as it is written, placeholders included
 * @param type the type to inject, without {@code Optional} and providers around it
 * @param interceptors the interceptors that the annotation names
 * @param place the field, method or constructor, for error messages
 */
record ClientInjectionPoint(
    String value, Class<?> type, InjectedInterceptors interceptors, Object place) {

  private static final Set<Class<?>> CHANNELS =
      Set.of(Channel.class, ManagedChannel.class, ClientConn.class);

  /**
   * Returns the type of the bean to inject: the stub, or {@link ClientConn} for each type of
   * channel.
   *
   * @param stubFactories whether there are beans that may create stubs of any type
   * @throws UnsupportedClientTypeException if the type is neither a channel nor a stub
   */
  Class<?> beanType(boolean stubFactories) {
    if (CHANNELS.contains(this.type)) {
      return channelType();
    }
    if (AbstractStub.class.isAssignableFrom(this.type)
        && (stubFactories || StubMaker.find(this.type).isPresent())) {
      return this.type;
    }
    throw new UnsupportedClientTypeException(this);
  }

  /** Interceptors of one client run around the channel, which all clients of a target share. */
  private Class<?> channelType() {
    if (this.interceptors.isNone()) {
      return ClientConn.class;
    }
    if (this.type == Channel.class) {
      return Channel.class;
    }
    throw MisplacedGrpcClientException.interceptorsOnSharedChannel(this);
  }

  /** Returns the annotation and its place, for messages. */
  String describe() {
    return "@GrpcClient(\"%s\") in %s".formatted(this.value, this.place);
  }

  /** Identifies the client: injection points with the same key get the same bean. */
  List<Object> key() {
    // The first hash code of a record links it, which takes a millisecond of the start.
    return this.interceptors.isNone()
        ? List.of(this.value, this.type)
        : List.of(this.value, this.type, this.interceptors);
  }
}
