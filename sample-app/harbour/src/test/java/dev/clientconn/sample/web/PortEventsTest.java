// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.Port;
import io.grpc.stub.ClientCallStreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

class PortEventsTest {

  private final RecordedCall call = new RecordedCall();

  @Test
  void nextPortIsRequestedWhenTheLastIsWritten() {
    RecordedEmitter emitter = new RecordedEmitter(false);
    PortEvents events = new PortEvents(emitter);

    events.beforeStart(call);
    assertThat(call.requested).isEqualTo(1);
    events.onNext(Port.newBuilder().setLocode("NLRTM").build());

    assertThat(emitter.sent).hasSize(1);
    assertThat(call.requested).isEqualTo(2);
    assertThat(call.cancelled).isFalse();
  }

  @Test
  void callIsCancelledWhenTheBrowserIsGone() {
    PortEvents events = new PortEvents(new RecordedEmitter(true));

    events.beforeStart(call);
    events.onNext(Port.newBuilder().setLocode("NLRTM").build());

    assertThat(call.cancelled).isTrue();
    assertThat(call.requested).isEqualTo(1);
  }

  private static final class RecordedEmitter extends SseEmitter {

    private final boolean gone;
    private final List<Object> sent = new ArrayList<>();

    RecordedEmitter(boolean gone) {
      this.gone = gone;
    }

    @Override
    public void send(Object event) throws IOException {
      if (gone) {
        throw new IOException("Broken pipe");
      }
      sent.add(event);
    }
  }

  private static final class RecordedCall extends ClientCallStreamObserver<ListPortsRequest> {

    private int requested;
    private boolean cancelled;

    @Override
    public void disableAutoRequestWithInitial(int count) {
      requested = count;
    }

    @Override
    public void request(int count) {
      requested += count;
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      cancelled = true;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable onReadyHandler) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void onNext(ListPortsRequest request) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
