// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TlsVersion;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.testing.ManualLoop;
import io.grpc.Attributes;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Connects each address to a separate scripted peer, which sends nothing by itself. */
final class PeerConnector implements TransportConnector {
  final List<Http2Peer> all = new ArrayList<>();
  private final ManualLoop loop;

  PeerConnector(ManualLoop loop) {
    this.loop = loop;
  }

  @Override
  public ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener owner) {
    Http2Peer peer = Http2Peer.connecting(setup -> {
      setup.loop = loop;
      setup.channel = owner;
    });
    all.add(peer);
    return peer.transport;
  }

  Http2Peer last() {
    return all.get(all.size() - 1);
  }

  @Override
  public TlsVersion tlsVersion() {
    return TlsVersion.FIXED;
  }

  @Override
  public void onTlsChange(Runnable listener) {}

  @Override
  public void close() {}
}
