// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.StreamSnapshot.State;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Lists the streams of a connection, visited by a {@link StreamWalk}. */
@EventLoopConfined
final class StreamReport {

  private final Http2Client client;
  private final CompletableFuture<List<StreamSnapshot>> result;
  private final List<StreamSnapshot> streams = new ArrayList<>();

  private StreamReport(Http2Client client, CompletableFuture<List<StreamSnapshot>> result) {
    this.client = client;
    this.result = result;
  }

  /** Completes {@code result}, now or after some other tasks of the loop. */
  static void begin(Http2Client client, CompletableFuture<List<StreamSnapshot>> result) {
    StreamReport report = new StreamReport(client, result);
    new StreamWalk(client.loop, client.streams.activeStreams(), report::add, report::complete)
        .begin(client.streams.quota().waitingStreams());
  }

  private void add(StreamState stream) {
    Http2ClientStream clientStream = stream.clientStream();
    boolean waits = stream.isWaiting();
    streams.add(new StreamSnapshot(
        client.counters.id(),
        stream.id(),
        clientStream.listener().method(),
        clientStream.listener().ageNanos(),
        state(stream),
        waits ? OptionalLong.empty() : OptionalLong.of(stream.sendQuota().window()),
        waits ? OptionalLong.empty() : OptionalLong.of(stream.inFlow().available()),
        clientStream.queuedBytes(),
        Math.max(0, stream.inFlow().unread() - clientStream.unreturned()),
        StreamBlock.of(stream, client.isWritable())));
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

  private void complete() {
    result.complete(List.copyOf(streams));
  }
}
