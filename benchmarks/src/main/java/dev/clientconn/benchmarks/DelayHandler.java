// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A simulated round trip: what is read is passed on later by that long, in order. What falls due
 * within a millisecond of a delivery goes with the next one, so a busy connection has a task a
 * millisecond. Confined to the event loop.
 */
final class DelayHandler extends ChannelInboundHandlerAdapter {

  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

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

  /** Nothing was passed on, so nothing is complete; a delivery says so itself. */
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
    arm(ctx, APART_NANOS);
  }

  private record Delayed(long dueNanos, Object message) {}
}
