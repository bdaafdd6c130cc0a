// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.concurrent.SharedResource;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopsTest {

  @Test
  void noLoopIsLeftAfterTheLastRelease() throws Exception {
    SharedResource<EventLoopGroup> shared = lingering(0);
    EventLoops first = EventLoops.leaseOf(shared);
    EventLoops second = EventLoops.leaseOf(shared);
    Thread loop = threadOf(first);

    first.release();
    first.release();
    assertThat(second
            .next()
            .submit(Thread::currentThread)
            .get(60, TimeUnit.SECONDS)
            .isDaemon())
        .as("released twice, but the second lease is in use")
        .isTrue();
    assertThat(second.next().isShuttingDown()).isFalse();
    second.release();

    assertThat(second.next().terminationFuture().await(60, TimeUnit.SECONDS)).isTrue();
    loop.join(60_000);
    assertThat(loop.isAlive()).isFalse();
  }

  @Test
  void aLeaseSoonAfterTheLastReleaseGetsTheSameLoops() throws Exception {
    SharedResource<EventLoopGroup> shared = lingering(TimeUnit.HOURS.toNanos(1));
    EventLoops first = EventLoops.leaseOf(shared);
    Thread loop = threadOf(first);
    first.release();

    EventLoops second = EventLoops.leaseOf(shared);

    assertThat(second.next().parent()).isSameAs(first.next().parent());
    assertThat(second.next().isShuttingDown()).isFalse();
    assertThat(loop.isAlive()).isTrue();
    second.next().parent().shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void aSingleLoopEndsWhenItIsReleased() throws Exception {
    EventLoops own = EventLoops.single(NioIoHandler.newFactory());
    Thread loop = threadOf(own);

    own.release();
    own.release();

    loop.join(60_000);
    assertThat(loop.isAlive()).isFalse();
  }

  private static SharedResource<EventLoopGroup> lingering(long nanos) {
    return new SharedResource<>(new EventLoops.Groups(), nanos, System::nanoTime);
  }

  private static Thread threadOf(EventLoops loops) throws Exception {
    return loops.next().submit(Thread::currentThread).get(60, TimeUnit.SECONDS);
  }
}
