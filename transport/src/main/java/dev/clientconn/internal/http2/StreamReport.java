// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.StreamSnapshot.State;
import dev.clientconn.transport.WaitCause;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists the streams of a connection, visited by a {@link StreamWalk}. */
@EventLoopConfined
final class StreamReport {

  private final long connection;
  private final Ticker ticker;
  private final Function<StreamState, @Nullable WaitCause> cause;
  private final List<StreamSnapshot> streams = new ArrayList<>();

  /**
   * @param cause what a stream waits for now
   */
  StreamReport(long connection, Ticker ticker, Function<StreamState, @Nullable WaitCause> cause) {
    this.connection = connection;
    this.ticker = ticker;
    this.cause = cause;
  }

  /** Completes {@code result}, now or after some other tasks of the loop. */
  static void begin(Http2Client client, CompletableFuture<List<StreamSnapshot>> result) {
    StreamReport report =
        new StreamReport(client.counters.id(), client.loop.ticker(), client.waits::blockedOn);
    Runnable onEnd = () -> result.complete(report.streams());
    new StreamWalk(client.loop, client.streams.activeStreams(), report::add, onEnd)
        .begin(client.streams.quota().waitingStreams());
  }

  List<StreamSnapshot> streams() {
    return List.copyOf(streams);
  }

  void add(StreamState stream) {
    Http2ClientStream clientStream = stream.clientStream();
    boolean waits = stream.isWaiting();
    streams.add(new StreamSnapshot(
        connection,
        stream.id(),
        clientStream.listener().method(),
        OptionalLong.of(ageNanos(stream)),
        state(stream),
        waits ? OptionalLong.empty() : OptionalLong.of(stream.sendQuota().window()),
        waits ? OptionalLong.empty() : OptionalLong.of(stream.inFlow().available()),
        clientStream.queuedBytes(),
        Math.max(0, stream.inFlow().unread() - clientStream.unreturned()),
        cause.apply(stream)));
  }

  /** What the stream has waited for, and its present phase, are its life without a gap. */
  private long ageNanos(StreamState stream) {
    StreamTimes before = stream.times();
    long phase = TurnClock.nanoTime(ticker) - stream.since();
    return Math.max(0, before == null ? phase : before.sum() + phase);
  }

  private static State state(StreamState stream) {
    if (stream.isWaiting()) {
      return State.WAITING;
    }
    if (stream.localEnded()) {
      return State.HALF_CLOSED_LOCAL;
    }
    return stream.remoteEnded() ? State.HALF_CLOSED_REMOTE : State.OPEN;
  }
}
