// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/**
 * Provides a scripted peer to tests, and checks after each that the connection has left nothing
 * behind.
 */
abstract class PeerTest {

  private final List<Http2Peer> peers = new ArrayList<>();

  Http2Peer connecting(Consumer<Http2Peer.Setup> choice) {
    return keep(Http2Peer.connecting(choice));
  }

  Http2Peer connecting() {
    return connecting(s -> {});
  }

  Http2Peer ready(Consumer<Http2Peer.Setup> choice) {
    return keep(Http2Peer.ready(choice));
  }

  Http2Peer ready() {
    return ready(s -> {});
  }

  private Http2Peer keep(Http2Peer peer) {
    peers.add(peer);
    return peer;
  }

  @AfterEach
  void leavesNothingBehind() {
    peers.forEach(Http2Peer::verify);
  }
}
