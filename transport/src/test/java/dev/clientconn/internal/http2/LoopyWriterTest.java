// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.message.Messages;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.testing.FixedParameters;
import dev.clientconn.testing.ManualLoop;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoopyWriterTest {

  private final SendQuota quota = new SendQuota();
  private final TransportCounters counters =
      new TransportCounters(Http2Peer.ADDRESS, Ticker.newMockTicker());
  private final StreamWaits waits = new StreamWaits(
      new TurnClock(Ticker.newMockTicker()),
      new SocketWriter(new Framer(Set.of()), counters),
      quota);
  private final LoopyWriter loopy =
      new LoopyWriter(quota, new PendingDeliveries(waits), counters, waits);
  private final ControlBuffer controlBuffer =
      new ControlBuffer(new ManualLoop(), () -> {}, () -> false);

  private StreamState scheduled() {
    StreamParameters call =
        new FixedParameters(Http2Peer.METHOD, null, null, null, 0, 100, 100, new Metadata());
    Http2ClientStream clientStream = new Http2ClientStream(
        controlBuffer, call, RequestHeaders.Lists.NONE, null, new RecordingCall(), 100, false);
    StreamState stream = new StreamState(clientStream, quota, 65_535);
    stream.sendQueue.init(Messages.framed(new byte[10]), true);
    loopy.schedule(stream);
    return stream;
  }

  private void close(StreamState stream) {
    stream.notifyClosed(Status.CANCELLED, StreamProgress.PROCESSED, new Metadata());
    loopy.onClosed(stream);
  }

  @Conforms("T118")
  @Test
  void closedStreamsDoNotPileUpWhileTheConnectionsWindowIsEmpty() {
    quota.connection().consume(65_535);
    StreamState open = scheduled();

    for (int i = 0; i < 10_000; i++) {
      close(scheduled());
      assertThat(loopy.queued()).isLessThan(200);
    }

    assertThat(open.sendQueue.scheduled).isTrue();
  }

  @Conforms("T112")
  @Test
  void manyOpenStreamsStayInTheRound() {
    quota.connection().consume(65_535);
    ArrayDeque<StreamState> open = new ArrayDeque<>();
    for (int i = 0; i < 1000; i++) {
      open.add(scheduled());
    }

    for (int i = 0; i < 900; i++) {
      close(open.remove());
    }

    assertThat(loopy.queued()).isBetween(100, 1000);
    Framer framer = new Framer(Set.of());
    quota.connection().tryIncrease(65_535);
    loopy.write(framer, 1 << 20);
    assertThat(framer.bufferedBytes()).isEqualTo(100 * 19);
    framer.discard();
  }
}
