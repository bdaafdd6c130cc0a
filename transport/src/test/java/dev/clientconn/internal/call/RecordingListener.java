// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records the events of a call, and runs an action of the test at each of them. */
public final class RecordingListener extends ClientCall.Listener<String> {
  public final List<String> events = new ArrayList<>();
  public @Nullable Status status;
  public @Nullable Metadata trailers;
  public Runnable duringHeaders = () -> {};
  public Runnable duringMessage = () -> {};
  public Runnable duringReady = () -> {};
  public Runnable duringClose = () -> {};

  @Override
  public void onHeaders(Metadata headers) {
    events.add("headers");
    duringHeaders.run();
  }

  @Override
  public void onMessage(String message) {
    events.add("message(" + message + ")");
    duringMessage.run();
  }

  @Override
  public void onReady() {
    events.add("ready");
    duringReady.run();
  }

  @Override
  public void onClose(Status with, Metadata metadata) {
    events.add("close(" + with.getCode() + ")");
    status = with;
    trailers = metadata;
    duringClose.run();
  }

  /** The status that the call ended with; fails if it has not. */
  public Status end() {
    if (status == null) {
      throw new AssertionError("not closed; heard " + events);
    }
    return status;
  }

  public String description() {
    return String.valueOf(end().getDescription());
  }
}
