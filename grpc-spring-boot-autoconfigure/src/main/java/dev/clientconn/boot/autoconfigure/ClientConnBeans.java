// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.GrpcClients;
import dev.clientconn.internal.threading.CrossesThreads;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the channel behind each bean definition that {@link ClientConnRegistrar} wrote, and remembers it. */
@CrossesThreads
final class ClientConnBeans implements GrpcClients {

  private final ClientConnFactory factory;

  private final Map<String, ClientConn> channels = new ConcurrentHashMap<>();

  ClientConnBeans(ClientConnFactory factory) {
    this.factory = factory;
  }

  /** The factory method of the bean definitions: called once for each target. */
  ClientConn clientConn(String target) {
    ClientConn channel = this.factory.create(target);
    this.channels.put(target, channel);
    return channel;
  }

  @Override
  public Map<String, ClientConn> channels() {
    return Collections.unmodifiableMap(new TreeMap<>(this.channels));
  }
}
