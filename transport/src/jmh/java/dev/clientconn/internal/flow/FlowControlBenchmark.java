// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures flow control for a DATA frame of 16 KiB, received or sent. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FlowControlBenchmark {

  private static final int FRAME = 16_384;
  private static final int WINDOW = 1 << 20;

  private final InFlow inFlow = new InFlow(WINDOW);
  private final ConnInFlow connInFlow = new ConnInFlow(WINDOW);
  private final BdpEstimator bdp = new BdpEstimator(WINDOW);
  private final SendQuota sendQuota = new SendQuota();
  private final SendQuota.OfStream streamQuota = new SendQuota.OfStream(sendQuota);
  private final WriteQuota writeQuota = new WriteQuota(2 * FRAME);
  private long now;

  @Benchmark
  public int streamWindow() {
    inFlow.received(FRAME);
    return inFlow.consumed(FRAME);
  }

  @Benchmark
  public int connectionWindow() {
    connInFlow.received(FRAME);
    return connInFlow.takeCredit();
  }

  /** Sends a ping for each frame, far more than a connection does. */
  @Benchmark
  public int bandwidthDelayProduct() {
    bdp.onPingSent(now, 0);
    bdp.onData(FRAME);
    now += 1_000_000;
    return bdp.onPingAck(now);
  }

  @Benchmark
  public boolean sendWindows() {
    int available = streamQuota.available();
    streamQuota.consume(Math.min(FRAME, available));
    return sendQuota.connection().tryIncrease(FRAME) && streamQuota.tryIncrease(FRAME);
  }

  @Benchmark
  public boolean writeQuota() {
    writeQuota.add(FRAME);
    return writeQuota.isReady() && writeQuota.subtract(FRAME);
  }
}
