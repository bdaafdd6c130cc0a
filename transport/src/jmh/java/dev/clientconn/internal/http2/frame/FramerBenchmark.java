// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.internal.wire.SampleCalls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures writing HEADERS and DATA of a unary call with a request of 100 bytes: one call in a turn
 * of the event loop, and 64 calls in one turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FramerBenchmark {

  private static final int TURN = 64;

  /** Entries of the call's metadata; a call with metadata also has a deadline. */
  @Param({"0", "10"})
  public int entries;

  private final RequestHeaders requestHeaders =
      new RequestHeaders("http", "localhost:50051", "grpc-java-clientconn/1", "gzip");
  private final byte[] message = new byte[105];
  private final FramedMessage framed = FramedMessage.of(message, 100);
  private final Framer framer = new Framer(Set.of());
  private final DiscardingChannel channel = new DiscardingChannel();
  private final DefaultHttp2FrameWriter netty =
      new DefaultHttp2FrameWriter((name, value) -> RequestHeaders.isNeverIndexed(name), true);
  private final ChannelHandlerContext ctx = channel.context();
  private RequestHeaders.Lists headers = requestHeaders.of(SampleCalls.withEntries(0));
  private Http2Headers nettyHeaders = SampleCalls.joined(headers);

  @Setup
  public void setUp() {
    framer.useAllocator(ctx.alloc());
    StreamParameters call = SampleCalls.withEntries(entries);
    headers = requestHeaders.of(call);
    nettyHeaders = SampleCalls.joined(headers);
  }

  @TearDown
  public void tearDown() {
    framer.discard();
    netty.close();
    channel.close();
  }

  @Benchmark
  public void oneCall() {
    writeCall();
    discard();
  }

  @Benchmark
  @OperationsPerInvocation(TURN)
  public void manyCalls() {
    for (int i = 0; i < TURN; i++) {
      writeCall();
    }
    discard();
  }

  /** Netty's writer passes each frame to the channel. */
  @Benchmark
  public void oneCallByNetty() {
    netty.writeHeaders(ctx, 1, nettyHeaders, 0, false, ctx.newPromise());
    netty.writeData(ctx, 1, Unpooled.wrappedBuffer(message), 0, true, ctx.newPromise());
  }

  private void writeCall() {
    framer.writeHeaders(1, headers);
    framer.writeData(1, framed, 0, message.length, true);
  }

  private void discard() {
    for (ByteBuf part = framer.takeBuffer(); part != null; part = framer.takeBuffer()) {
      part.release();
    }
  }
}
