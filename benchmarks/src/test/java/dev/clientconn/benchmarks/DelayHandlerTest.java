// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

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

  private final List<String> heard = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new DelayHandler(20), new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
          heard.add(message.toString());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
          heard.add("|");
        }
      });

  @BeforeEach
  void timeStandsStill() {
    channel.freezeTime();
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aReadIsHeardWhenItsTimeHasComeAndNotBefore() {
    channel.writeInbound("a", "b");
    advance(19_999);
    assertThat(heard).isEmpty();

    advance(1);
    assertThat(heard).containsExactly("a", "b", "|");
  }

  @Test
  void laterReadsAreHeardLaterAndInOrder() {
    channel.writeInbound("a");
    advance(5_000);
    channel.writeInbound("b");
    advance(15_000);
    channel.writeInbound("c");
    assertThat(heard).containsExactly("a", "|");

    advance(5_000);
    assertThat(heard).containsExactly("a", "|", "b", "|");
    advance(15_000);
    assertThat(heard).containsExactly("a", "|", "b", "|", "c", "|");
  }

  @Test
  void readsThatFallDueWithinAMillisecondOfADeliveryComeTogether() {
    for (String message : List.of("a", "b", "c")) {
      channel.writeInbound(message);
      advance(300);
    }
    advance(20_000 - 900);
    assertThat(heard).containsExactly("a", "|");

    advance(1_000);
    assertThat(heard).containsExactly("a", "|", "b", "c", "|");
  }

  @Test
  void whatIsNotHeardYetIsReleasedWithTheConnection() {
    ByteBuf late = Unpooled.buffer().writeByte(1);
    channel.writeInbound(late);

    channel.close();

    assertThat(late.refCnt()).isZero();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(heard).doesNotContain(late.toString());
  }

  private void advance(long micros) {
    channel.advanceTimeBy(micros, TimeUnit.MICROSECONDS);
    channel.runScheduledPendingTasks();
  }
}
