// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Wants nothing, remembers nothing. */
final class IgnoringListener implements ClientStream.Listener {
  @Override
  public void onHeaders(Metadata headers) {}

  @Override
  public void onMessage(InboundMessage message) {}

  @Override
  public void onReady() {}

  @Override
  public void onClosed(Status status, StreamProgress progress, Metadata trailers) {}

  @Override
  public void onBatchEnd() {}

  @Override
  public boolean wantsMessage() {
    return false;
  }

  @Override
  public void onDeadlineExceeded(String waitedFor, @Nullable String detail) {}
}
