// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static dev.clientconn.internal.http2.Http2Peer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A socket may take long to close: with TLS it waits for seconds until the peer has taken
 * close_notify. Meanwhile no call waits for its end, nothing more is sent, and nothing is stored.
 */
class SlowCloseTest extends PeerTest {

  private final SlowClose slowly = new SlowClose();

  private Http2Peer slow(Http2Peer peer) {
    peer.socket.pipeline().addFirst(slowly);
    return peer;
  }

  private void assertStillOpen(Http2Peer peer) {
    assertThat(peer.socket.isOpen()).isTrue();
    assertThat(peer.owner.phases).doesNotContain("terminated");
  }

  @Test
  void callsEndBeforeTheSocketIsClosed() {
    Http2Peer peer = slow(ready(s ->
        s.keepalive = new KeepaliveOptions(Duration.ofSeconds(10), Duration.ofSeconds(3), false)));
    RecordingCall call = peer.unary();

    peer.after(Duration.ofSeconds(13));

    assertStillOpen(peer);
    assertThat(call.events).containsExactly("closed UNAVAILABLE PROCESSED", "end");
    slowly.close();
  }

  @Test
  void framesBehindTheOneThatEndsTheConnectionAreNotAnswered() {
    Http2Peer peer = slow(ready());
    peer.unary();
    peer.frames();

    peer.inOneRead(() -> peer.sendsWindowUpdate(0, Integer.MAX_VALUE).sendsPing(1));

    assertStillOpen(peer);
    assertThat(peer.texts()).hasSize(1).allMatch(t -> t.startsWith("GOAWAY 0 FLOW_CONTROL_ERROR"));
    slowly.close();
  }

  @Test
  void bytesThatStillArriveAreDiscarded() {
    Http2Peer peer = slow(ready());
    peer.unary();
    peer.sendsWindowUpdate(0, Integer.MAX_VALUE).frames();
    long before = peer.bufferedBytes();

    for (int i = 0; i < 100; i++) {
      peer.sendsData(1, new byte[10_000], 0, false);
    }

    assertStillOpen(peer);
    assertThat(peer.bufferedBytes()).isEqualTo(before);
    peer.expectsNothing();
    slowly.close();
  }

  @Test
  void callThatStartsMeanwhileEndsAtOnce() {
    Http2Peer peer = slow(ready());
    peer.sendsWindowUpdate(0, Integer.MAX_VALUE);

    RecordingCall late = peer.call().start(bytes("late"), true);
    peer.loop.run();

    assertStillOpen(peer);
    assertThat(late.events).containsExactly("closed UNAVAILABLE NOT_SENT", "end");
    slowly.close();
  }

  /** Closes the channel when the test says so. */
  private static final class SlowClose extends ChannelOutboundHandlerAdapter {
    private @Nullable ChannelHandlerContext context;
    private @Nullable ChannelPromise promise;

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise closed) {
      context = ctx;
      promise = closed;
    }

    void close() {
      Objects.requireNonNull(context).close(Objects.requireNonNull(promise));
    }
  }
}
