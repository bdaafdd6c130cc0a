// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Simulates a round trip: passes reads on after a delay, in order. Reads that become due within a
 * millisecond of a delivery are passed on with the next one, so that a busy connection schedules at
 * most one task per millisecond. Confined to the event loop.
 */
final class DelayHandler extends ChannelInboundHandlerAdapter {

  private static final long DELIVERY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final long delayNanos;
  private final ArrayDeque<Delayed> delayed = new ArrayDeque<>();
  private boolean armed;

  DelayHandler(int millis) {
    this.delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    delayed.add(new Delayed(ctx.executor().ticker().nanoTime() + delayNanos, message));
  }

  /** Swallows the event, because nothing was passed on; {@link #deliver} fires its own. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    arm(ctx, 0);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    delayed.forEach(late -> ReferenceCountUtil.release(late.message()));
    delayed.clear();
  }

  private void arm(ChannelHandlerContext ctx, long atLeastNanos) {
    Delayed head = delayed.peek();
    if (!armed && head != null) {
      armed = true;
      long left = head.dueNanos() - ctx.executor().ticker().nanoTime();
      ctx.executor()
          .schedule(() -> deliver(ctx), Math.max(left, atLeastNanos), TimeUnit.NANOSECONDS);
    }
  }

  private void deliver(ChannelHandlerContext ctx) {
    armed = false;
    long now = ctx.executor().ticker().nanoTime();
    boolean any = false;
    for (Delayed head = delayed.peek();
        head != null && head.dueNanos() - now <= 0;
        head = delayed.peek()) {
      delayed.remove();
      ctx.fireChannelRead(head.message());
      any = true;
    }
    if (any) {
      ctx.fireChannelReadComplete();
    }
    arm(ctx, DELIVERY_INTERVAL_NANOS);
  }

  private record Delayed(long dueNanos, Object message) {}
}
