// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.internal.wire.SampleCalls;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.WaitCause;
import io.netty.util.concurrent.Ticker;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures how long a list of all streams takes on the event loop, in one task and altogether. The
 * goals: a list of 10,000 streams takes less than 50 ms, and no task of it more than 1 ms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class StreamReportBenchmark {

  private static final int WINDOW = 65_535;

  @Param({"10000"})
  public int open;

  private final SendQuota sendQuota = new SendQuota();
  private final StreamParameters call = SampleCalls.withEntries(0);
  private final ControlBuffer control =
      new ControlBuffer(new BenchmarkEventLoop(), () -> {}, () -> false);
  private final RequestHeaders headers = new RequestHeaders("http", "localhost", "agent", null);
  private final ClientStream.Listener listener = (ClientStream.Listener) Proxy.newProxyInstance(
      ClientStream.class.getClassLoader(),
      new Class<?>[] {ClientStream.Listener.class},
      (p, m, a) -> switch (m.getName()) {
        case "method" -> "package.Service/Method";
        default -> throw new UnsupportedOperationException(m.getName());
      });
  private final ActiveStreams table = new ActiveStreams();
  private long position;

  @Setup
  public void setUp() {
    for (int i = 0; i < open; i++) {
      Http2ClientStream clientStream =
          new Http2ClientStream(control, call, headers.of(call), null, listener, WINDOW, false);
      table.register(new StreamState(clientStream, sendQuota, WINDOW));
    }
  }

  @Benchmark
  public List<StreamSnapshot> oneTask() {
    StreamReport report = newReport();
    position = table.visit(position, StreamWalk.SLICE, report::add);
    if (position == ActiveStreams.END) {
      position = 0;
    }
    return report.streams();
  }

  @Benchmark
  public List<StreamSnapshot> allTasks() {
    StreamReport report = newReport();
    for (long at = 0; at < ActiveStreams.END; at = table.visit(at, StreamWalk.SLICE, report::add)) {
      // The next one.
    }
    return report.streams();
  }

  private static StreamReport newReport() {
    return new StreamReport(1, Ticker.systemTicker(), stream -> WaitCause.SERVER);
  }
}
