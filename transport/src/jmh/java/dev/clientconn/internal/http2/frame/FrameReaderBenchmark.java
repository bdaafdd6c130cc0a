// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures reading frames from a buffer, also with Netty's reader: a unary response, 64 of them,
 * and 64 DATA frames of 16 KiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FrameReaderBenchmark {

  private static final int MANY = 64;

  private final SampleResponse response = new SampleResponse();
  private final ByteBuf responses = Unpooled.directBuffer();
  private final ByteBuf data = Unpooled.directBuffer();
  private final DiscardingChannel channel = new DiscardingChannel();
  private final ChannelHandlerContext ctx = channel.context();
  private final DefaultHttp2FrameReader netty = new DefaultHttp2FrameReader(true);
  private final Http2FrameListener nettyListener = new Http2FrameAdapter();
  private @Nullable FrameReader decoder;

  @Setup
  public void setUp(Blackhole sink) throws Http2Exception {
    decoder = new FrameReader(new BlackholeListener(sink, false), 8192);
    for (int i = 0; i < MANY; i++) {
      responses.writeBytes(response.later, 0, response.later.writerIndex());
      data.writeMedium(Framer.MAX_PAYLOAD)
          .writeByte(Http2FrameTypes.DATA)
          .writeByte(0)
          .writeInt(1);
      data.writeZero(Framer.MAX_PAYLOAD);
    }
    decode(response.first);
    decodeByNetty(response.first.readerIndex(0));
  }

  @TearDown
  public void tearDown() {
    netty.close();
    channel.close();
    response.release();
    responses.release();
    data.release();
  }

  @Benchmark
  public ByteBuf response() {
    return decode(response.later);
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public ByteBuf manyResponses() {
    return decode(responses);
  }

  /** Figures are per frame. */
  @Benchmark
  @OperationsPerInvocation(MANY)
  public ByteBuf manyDataFrames() {
    return decode(data);
  }

  @Benchmark
  public ByteBuf responseByNetty() throws Http2Exception {
    return decodeByNetty(response.later);
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public ByteBuf manyResponsesByNetty() throws Http2Exception {
    return decodeByNetty(responses);
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public ByteBuf manyDataFramesByNetty() throws Http2Exception {
    return decodeByNetty(data);
  }

  private ByteBuf decode(ByteBuf frames) {
    Objects.requireNonNull(decoder).decode(ByteBufAllocator.DEFAULT, frames.readerIndex(0));
    return frames;
  }

  private ByteBuf decodeByNetty(ByteBuf frames) throws Http2Exception {
    frames.readerIndex(0);
    while (frames.isReadable()) {
      netty.readFrame(ctx, frames, nettyListener);
    }
    return frames;
  }
}
