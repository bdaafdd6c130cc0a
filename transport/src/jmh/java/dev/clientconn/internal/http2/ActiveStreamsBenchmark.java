// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.internal.wire.SampleCalls;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures registering, finding and removing a stream, in the order of registration. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ActiveStreamsBenchmark {

  private static final int WINDOW = 65_535;

  /** Open streams that are replaced. */
  @Param({"1", "100", "1000"})
  public int inFlight;

  /** Open streams that stay open. */
  @Param({"0", "10000"})
  public int idle;

  private final SendQuota sendQuota = new SendQuota();
  private final StreamParameters call = SampleCalls.withEntries(0);
  private final ControlBuffer control =
      new ControlBuffer(new BenchmarkEventLoop(), () -> {}, () -> false);
  private final RequestHeaders headers = new RequestHeaders("http", "localhost", "agent", null);
  /** Never called by the table. */
  private final ClientStream.Listener listener = (ClientStream.Listener) Proxy.newProxyInstance(
      ClientStream.class.getClassLoader(),
      new Class<?>[] {ClientStream.Listener.class},
      (p, m, a) -> {
        throw new UnsupportedOperationException(m.getName());
      });

  private ActiveStreams table = new ActiveStreams();
  private StreamState[] ring = {};
  private int at;

  /** Creates a table for each iteration, so that stream ids do not run out. */
  @Setup(Level.Iteration)
  public void setUp() {
    table = new ActiveStreams();
    for (int i = 0; i < idle; i++) {
      register(newStream());
    }
    ring = new StreamState[inFlight];
    for (int i = 0; i < inFlight; i++) {
      ring[i] = newStream();
      register(ring[i]);
    }
    at = 0;
  }

  @Benchmark
  public int comeAndGo() {
    StreamState stream = ring[at];
    at = at + 1 == ring.length ? 0 : at + 1;
    int id = stream.id();
    if (table.find(id) != stream) {
      throw new IllegalStateException("stream " + id + " is not found");
    }
    table.remove(stream);
    register(stream);
    return stream.id();
  }

  private void register(StreamState stream) {
    table.register(stream);
  }

  private StreamState newStream() {
    Http2ClientStream clientStream =
        new Http2ClientStream(control, call, headers.of(call), null, listener, WINDOW, false);
    return new StreamState(clientStream, sendQuota, WINDOW);
  }
}
