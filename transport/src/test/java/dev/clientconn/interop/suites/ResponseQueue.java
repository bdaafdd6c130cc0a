// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import com.google.protobuf.Empty;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Collects a call's responses into its result and lets the thread that makes the call wait for
 * them.
 */
final class ResponseQueue extends ClientCall.Listener<Empty> {

  private enum Event {
    RESPONSE,
    END
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final SuiteResult result;
  private volatile boolean ended;

  ResponseQueue(SuiteResult result) {
    this.result = result;
  }

  boolean ended() {
    return ended;
  }

  /** Waits for the next response; false if the call has ended. */
  boolean await() throws InterruptedException {
    Event event = events.take();
    if (event == Event.END) {
      events.add(Event.END);
    }
    return event == Event.RESPONSE;
  }

  @Override
  public void onHeaders(Metadata headers) {
    result.responseHeaders(headers);
  }

  @Override
  public void onMessage(Empty message) {
    result.response(message);
    events.add(Event.RESPONSE);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    result.end(status, trailers);
    ended = true;
    events.add(Event.END);
  }
}
