// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import org.jspecify.annotations.Nullable;

/** A received message on its way to the application, linked to the one behind it. */
final class InboundMessage {
  final byte[] body;
  final boolean compressed;

  @Nullable
  InboundMessage next;

  InboundMessage(byte[] body, boolean compressed) {
    this.body = body;
    this.compressed = compressed;
  }
}
