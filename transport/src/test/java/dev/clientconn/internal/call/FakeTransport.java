// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Creates {@link FakeStream}s in place of a connection's. */
public final class FakeTransport implements ClientTransport {
  public final List<FakeStream> streams = new ArrayList<>();
  public Attributes attributes = Attributes.EMPTY;

  /** Runs when a call asks for a stream, before it has it, for races. */
  public Runnable beforeStream = () -> {};

  /** Runs during the start of each stream, as its event loop may. */
  public Consumer<FakeStream> duringStart = stream -> {};

  /** Whether streams created from now on send messages when they are written. */
  public boolean sends = true;

  @Override
  public ClientStream newStream(StreamParameters headers, ClientStream.Listener listener) {
    beforeStream.run();
    FakeStream stream = new FakeStream(headers, listener);
    stream.sends = sends;
    stream.duringStart = duringStart;
    streams.add(stream);
    return stream;
  }

  public FakeStream last() {
    return streams.get(streams.size() - 1);
  }

  @Override
  public Attributes attributes() {
    return attributes;
  }

  @Override
  public void shutdown(Status reason) {}

  @Override
  public void shutdownNow(Status reason) {}

  @Override
  public TransportSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }
}
