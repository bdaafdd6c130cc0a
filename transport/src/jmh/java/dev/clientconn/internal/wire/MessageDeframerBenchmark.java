// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.message.InboundMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Measures splitting the payloads of DATA frames into messages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class MessageDeframerBenchmark {

  private static final int MANY = 100;
  private static final int FRAME = 16_384;

  private final MessageDeframer deframer = new MessageDeframer(4 << 20);
  private final List<InboundMessage> batch = new ArrayList<>();
  private final ByteBuf small = messages(1, 100);
  private final ByteBuf many = messages(MANY, 100);
  private final ByteBuf large = messages(1, 1 << 20);

  @TearDown
  public void tearDown() {
    small.release();
    many.release();
    large.release();
  }

  /** A message of 100 bytes. */
  @Benchmark
  public void oneSmall(Blackhole sink) throws MessageException {
    deframer.deframe(small.readerIndex(0), batch::add);
    read(sink);
  }

  /** A hundred messages in one frame; figures are per message. */
  @Benchmark
  @OperationsPerInvocation(MANY)
  public void manySmall(Blackhole sink) throws MessageException {
    deframer.deframe(many.readerIndex(0), batch::add);
    read(sink);
  }

  /** A message of 1 MiB, 16 KiB at a time. */
  @Benchmark
  public void oneLarge(Blackhole sink) throws MessageException {
    int end = large.capacity();
    for (int at = 0; at < end; at += FRAME) {
      large.setIndex(at, Math.min(end, at + FRAME));
      deframer.deframe(large, batch::add);
    }
    read(sink);
  }

  /** Closes the batch, then reads and releases its messages, as at the end of a turn. */
  private void read(Blackhole sink) {
    deframer.deliverPacked(batch::add);
    for (InboundMessage first : batch) {
      InboundMessage message = first;
      while (message != null) {
        InboundMessage following = message.following();
        sink.consume(message);
        message.release();
        message = following;
      }
    }
    batch.clear();
  }

  private static ByteBuf messages(int count, int length) {
    ByteBuf data = Unpooled.directBuffer(count * (MessageDeframer.PREFIX_LENGTH + length));
    for (int i = 0; i < count; i++) {
      data.writeByte(0).writeInt(length).writeZero(length);
    }
    return data;
  }
}
