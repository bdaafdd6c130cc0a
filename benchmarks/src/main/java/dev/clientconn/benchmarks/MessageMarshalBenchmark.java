// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.Drainable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The two ways the Marshaller contract gives to turn a message into bytes: read it into an array, or drain it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(2)
public class MessageMarshalBenchmark {

  private static final int PREFIX_BYTES = 5;

  /** Bytes in the message's value. */
  @Param({"100", "1024", "65536"})
  public int payloadBytes;

  private BytesValue message = BytesValue.getDefaultInstance();
  private ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer();

  @Setup
  public void setUp() {
    message = ResponseShape.payload(payloadBytes);
    direct.ensureWritable(2 * payloadBytes + 64);
  }

  @TearDown
  public void tearDown() {
    direct.release();
  }

  /** One exact array of prefix and message. */
  @Benchmark
  public byte[] readIntoArray() throws IOException {
    try (InputStream stream = EchoMethods.UNARY.streamRequest(message)) {
      int length = stream.available();
      byte[] frame = new byte[PREFIX_BYTES + length];
      if (stream.read(frame, PREFIX_BYTES, length) != length) {
        throw new IllegalStateException("the marshaller gave less than it announced");
      }
      return frame;
    }
  }

  /** Through an output stream into a pooled direct buffer. */
  @Benchmark
  public ByteBuf drainToDirectBuffer() throws IOException {
    direct.clear().writeZero(PREFIX_BYTES);
    try (InputStream stream = EchoMethods.UNARY.streamRequest(message);
        ByteBufOutputStream out = new ByteBufOutputStream(direct)) {
      ((Drainable) stream).drainTo(out);
    }
    return direct;
  }
}
