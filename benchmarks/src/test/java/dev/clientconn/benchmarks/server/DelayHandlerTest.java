// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelayHandlerTest {

  private final List<String> received = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new DelayHandler(20), new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
          received.add(message.toString());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
          received.add("|");
        }
      });

  @BeforeEach
  void freezeTime() {
    channel.freezeTime();
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aReadIsPassedOnAfterTheDelay() {
    channel.writeInbound("a", "b");
    advance(19_999);
    assertThat(received).isEmpty();

    advance(1);
    assertThat(received).containsExactly("a", "b", "|");
  }

  @Test
  void laterReadsArePassedOnInOrder() {
    channel.writeInbound("a");
    advance(5_000);
    channel.writeInbound("b");
    advance(15_000);
    channel.writeInbound("c");
    assertThat(received).containsExactly("a", "|");

    advance(5_000);
    assertThat(received).containsExactly("a", "|", "b", "|");
    advance(15_000);
    assertThat(received).containsExactly("a", "|", "b", "|", "c", "|");
  }

  @Test
  void readsDueWithinAMillisecondOfADeliveryArePassedOnTogether() {
    for (String message : List.of("a", "b", "c")) {
      channel.writeInbound(message);
      advance(300);
    }
    advance(20_000 - 900);
    assertThat(received).containsExactly("a", "|");

    advance(1_000);
    assertThat(received).containsExactly("a", "|", "b", "c", "|");
  }

  @Test
  void delayedReadsAreReleasedWithTheConnection() {
    ByteBuf late = Unpooled.buffer().writeByte(1);
    channel.writeInbound(late);

    channel.close();

    assertThat(late.refCnt()).isZero();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(received).doesNotContain(late.toString());
  }

  private void advance(long micros) {
    channel.advanceTimeBy(micros, TimeUnit.MICROSECONDS);
    channel.runScheduledPendingTasks();
  }
}
