// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import org.jspecify.annotations.Nullable;

/** An open stream: what it has to send and may send, and how far it is. Confined to its connection's event loop. */
final class StreamState {

  final int id;
  long sendWindow;

  /** DATA bytes that have been sent. */
  long sent;

  /** DATA bytes there are to send as things stand. */
  long target;

  /** The target is final: its last byte ends the stream. */
  boolean closing;

  /** It waits in the sender's queue. */
  boolean queued;

  /** It was reset or has sent its last byte. */
  boolean gone;

  /** DATA bytes that came and were not credited yet. */
  int uncredited;

  /** Where messages must be told apart as they come. */
  @Nullable
  MessageCounter requests;

  StreamState(int id, long sendWindow) {
    this.id = id;
    this.sendWindow = sendWindow;
  }
}
