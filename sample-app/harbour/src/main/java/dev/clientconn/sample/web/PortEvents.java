// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.Port;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends each port as an event and requests the next one after the write. A browser that reads
 * slowly thus applies back-pressure to the gRPC server; one that disconnects cancels the call.
 */
final class PortEvents implements ClientResponseObserver<ListPortsRequest, Port> {

  private final SseEmitter events;
  private @Nullable ClientCallStreamObserver<ListPortsRequest> call;

  PortEvents(SseEmitter events) {
    this.events = events;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ListPortsRequest> call) {
    this.call = call;
    call.disableAutoRequestWithInitial(1);
    events.onTimeout(() -> call.cancel("The HTTP response timed out", null));
    events.onError(failure -> call.cancel("The HTTP client went away", failure));
  }

  @Override
  public void onNext(Port port) {
    ClientCallStreamObserver<ListPortsRequest> call = this.call;
    if (call == null) {
      throw new IllegalStateException("A reply before the call was started");
    }
    try {
      events.send(PortView.of(port));
      call.request(1);
    } catch (IOException | IllegalStateException gone) {
      call.cancel("The HTTP client went away", gone);
    }
  }

  @Override
  public void onError(Throwable failure) {
    events.completeWithError(failure);
  }

  @Override
  public void onCompleted() {
    events.complete();
  }
}
