// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Reports what is sent on a stream to the tracers of its attempt, before it is sent. Made only
 * where there are tracers, so that the request of an ordinary call writes to the transport's own
 * stream.
 */
final class TracedStream implements ClientStream {
  private final ClientStream stream;
  private final CallTracers tracers;

  TracedStream(ClientStream stream, CallTracers tracers) {
    this.stream = stream;
    this.tracers = tracers;
  }

  @Override
  public void start(@Nullable FramedMessage message, boolean endOfStream) {
    tracers.outboundHeaders();
    if (message != null) {
      tracers.outboundMessage(message);
    }
    stream.start(message, endOfStream);
  }

  @Override
  public void write(FramedMessage message) {
    tracers.outboundMessage(message);
    stream.write(message);
  }

  @Override
  public void halfClose() {
    stream.halfClose();
  }

  @Override
  public void cancel(Status reason) {
    stream.cancel(reason);
  }

  @Override
  public boolean isReady() {
    return stream.isReady();
  }

  @Override
  public void consumed(int bytes) {
    stream.consumed(bytes);
  }

  @Override
  public void onDemand() {
    stream.onDemand();
  }
}
