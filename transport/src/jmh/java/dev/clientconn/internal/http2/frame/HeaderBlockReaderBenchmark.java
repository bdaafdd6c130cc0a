// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures decoding a response's headers and trailers: alone, with conversion to metadata and
 * status, and by Netty into its own lists.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class HeaderBlockReaderBenchmark {

  private final SampleResponse response = new SampleResponse();
  private final DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(true);
  private @Nullable HeaderBlockReader reader;
  private @Nullable HeaderBlockReader classifier;

  @Setup
  public void setUp(Blackhole sink) throws Http2Exception {
    reader = primed(new BlackholeListener(sink, false));
    classifier = primed(new BlackholeListener(sink, true));
    netty.decodeHeaders(1, response.firstHeaders.readerIndex(0));
    netty.decodeHeaders(1, response.firstTrailers.readerIndex(0));
  }

  @TearDown
  public void tearDown() {
    response.release();
  }

  @Benchmark
  public void decode() {
    read(reader, response.headers, response.trailers);
  }

  @Benchmark
  public void decodeAndClassify() {
    read(classifier, response.headers, response.trailers);
  }

  @Benchmark
  public void decodeByNetty(Blackhole sink) throws Http2Exception {
    sink.consume(netty.decodeHeaders(1, response.headers.readerIndex(0)));
    sink.consume(netty.decodeHeaders(1, response.trailers.readerIndex(0)));
  }

  private HeaderBlockReader primed(BlackholeListener listener) {
    HeaderBlockReader made = new HeaderBlockReader(listener, 8192);
    read(made, response.firstHeaders, response.firstTrailers);
    return made;
  }

  private static void read(@Nullable HeaderBlockReader to, ByteBuf headers, ByteBuf trailers) {
    if (to != null) {
      to.begin(ByteBufAllocator.DEFAULT, 1, headers.readerIndex(0), false, true);
      to.begin(ByteBufAllocator.DEFAULT, 1, trailers.readerIndex(0), true, true);
    }
  }
}
