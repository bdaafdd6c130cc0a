// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Streams that are open and on which nothing happens; they end with their channels. */
@CrossesThreads
final class IdleStreams {

  private static final Duration OPEN_LIMIT = Duration.ofSeconds(30);

  private final CountDownLatch unopened;
  private final Consumer<Throwable> onEarlyEnd;
  private volatile boolean closing;

  private IdleStreams(int streams, Consumer<Throwable> onEarlyEnd) {
    this.unopened = new CountDownLatch(streams);
    this.onEarlyEnd = onEarlyEnd;
  }

  /** Opens the streams, spread over the channels, and returns when the last one can send. */
  static IdleStreams open(List<Channel> channels, int streams, Consumer<Throwable> onEarlyEnd)
      throws InterruptedException {
    IdleStreams idle = new IdleStreams(streams, onEarlyEnd);
    for (int i = 0; i < streams; i++) {
      ClientCall<BytesValue, BytesValue> call =
          channels.get(i % channels.size()).newCall(EchoMethods.PING_PONG, CallOptions.DEFAULT);
      call.start(idle.new Listener(), new Metadata());
      call.request(1);
    }
    if (!idle.unopened.await(OPEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          idle.unopened.getCount() + " idle streams were not open within " + OPEN_LIMIT);
    }
    return idle;
  }

  /** From now on the streams may end. */
  void closing() {
    closing = true;
  }

  private final class Listener extends ClientCall.Listener<BytesValue> {

    private boolean opened;

    @Override
    public void onReady() {
      if (!opened) {
        opened = true;
        unopened.countDown();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!closing) {
        onEarlyEnd.accept(status.asRuntimeException(trailers));
      }
    }
  }
}
