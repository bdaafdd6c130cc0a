// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;

/** What {@link dev.clientconn.boot.GrpcClient} can inject. */
enum ClientKind {
  CHANNEL,
  STUB;

  /**
   * The kind of client that a place asks for.
   *
   * @throws UnsupportedClientTypeException if it asks for something else
   */
  static ClientKind of(ClientPoint point) {
    Class<?> type = point.type();
    if (type == Channel.class || type == ManagedChannel.class || type == ClientConn.class) {
      return CHANNEL;
    }
    if (AbstractStub.class.isAssignableFrom(type) && StubMaker.find(type).isPresent()) {
      return STUB;
    }
    throw new UnsupportedClientTypeException(point);
  }

  boolean isChannel() {
    return this == CHANNEL;
  }
}
