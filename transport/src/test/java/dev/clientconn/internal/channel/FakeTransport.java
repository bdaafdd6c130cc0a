// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamProgress;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A connection without a wire: obeys the contract, and does the rest when the test says so. */
public final class FakeTransport implements ClientTransport {
  public final SocketAddress address;
  public final String authority;
  public final List<Stream> streams = new ArrayList<>();
  public boolean draining;
  public boolean terminated;
  private final Listener listener;

  FakeTransport(SocketAddress address, String authority, Listener listener) {
    this.address = address;
    this.authority = authority;
    this.listener = listener;
  }

  public int port() {
    return ((InetSocketAddress) address).getPort();
  }

  public void ready() {
    listener.onReady(Attributes.EMPTY);
  }

  public void fail(String description) {
    terminate(Status.UNAVAILABLE.withDescription(description));
  }

  public void goAway() {
    drain(Status.UNAVAILABLE.withDescription("GOAWAY"));
  }

  private void drain(Status reason) {
    if (!draining && !terminated) {
      draining = true;
      listener.onDraining(reason);
    }
  }

  private void terminate(Status reason) {
    if (!terminated) {
      terminated = true;
      List.copyOf(streams).forEach(stream -> stream.finish(reason, StreamProgress.PROCESSED));
      listener.onTerminated(reason);
    }
  }

  private void terminateIfDrained(Status reason) {
    if (draining && streams.isEmpty()) {
      terminate(reason);
    }
  }

  @Override
  public ClientStream newStream(StreamParameters headers, ClientStream.Listener streamListener) {
    Stream stream = new Stream(streamListener);
    stream.headers = headers;
    return stream;
  }

  @Override
  public Attributes attributes() {
    return Attributes.EMPTY;
  }

  @Override
  public void shutdown(Status reason) {
    drain(reason);
    terminateIfDrained(reason);
  }

  @Override
  public void shutdownNow(Status reason) {
    terminate(reason);
  }

  @Override
  public TransportSnapshot snapshot() {
    TransportSnapshot.State state =
        draining ? TransportSnapshot.State.DRAINING : TransportSnapshot.State.READY;
    return new TransportSnapshot(
        port(),
        state,
        address,
        null,
        new TransportSnapshot.Streams(streams.size(), OptionalLong.empty(), 0, streams.size()),
        new TransportSnapshot.Window(0, 0),
        OptionalLong.empty());
  }

  /** One stream; open from start until the test, the caller or the transport ends it. */
  public final class Stream implements ClientStream {
    private @Nullable StreamParameters headers;
    private final ClientStream.Listener streamListener;
    private boolean finished;

    Stream(ClientStream.Listener streamListener) {
      this.streamListener = streamListener;
    }

    public StreamParameters headers() {
      return Objects.requireNonNull(headers, "made by the test");
    }

    public void finish(Status status, StreamProgress progress) {
      if (!finished) {
        finished = true;
        streams.remove(this);
        streamListener.onClosed(status, progress, new Metadata());
        streamListener.onBatchEnd();
        terminateIfDrained(Status.UNAVAILABLE.withDescription("drained"));
      }
    }

    @Override
    public void start(@Nullable FramedMessage message, boolean endOfStream) {
      if (draining || terminated) {
        finish(Status.UNAVAILABLE.withDescription("draining"), StreamProgress.NOT_SENT);
      } else {
        streams.add(this);
        streamListener.onReady();
        streamListener.onBatchEnd();
      }
    }

    @Override
    public void write(FramedMessage message) {}

    @Override
    public void halfClose() {}

    @Override
    public void cancel(Status reason) {
      finish(reason, StreamProgress.PROCESSED);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void consumed(int bytes) {}

    @Override
    public void demandGrew() {}
  }
}
