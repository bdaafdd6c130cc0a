// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/** A stream of the canned server: what it may still send, and how far it is. Confined to its connection's event loop. */
final class CannedStream {

  final int id;
  long sendWindow;
  long sent;
  int received;
  boolean answering;
  boolean queued;

  CannedStream(int id, long sendWindow) {
    this.id = id;
    this.sendWindow = sendWindow;
  }
}
