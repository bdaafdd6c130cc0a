// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.http2.hpack.HpackEncoder;
import dev.clientconn.internal.transport.StreamParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Set;
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

/**
 * Measures making and encoding the headers of a call, and the same with Netty's list of existing
 * strings.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RequestHeadersBenchmark {

  /** Entries of the call's metadata; a call with metadata also has a deadline. */
  @Param({"0", "10"})
  public int entries;

  private final RequestHeaders requestHeaders =
      new RequestHeaders("http", "localhost:50051", "grpc-java-clientconn/1", "gzip");
  private final HpackEncoder hpack = new HpackEncoder(Set.of());
  private final DefaultHttp2HeadersEncoder nettyHpack =
      new DefaultHttp2HeadersEncoder((name, value) -> RequestHeaders.isNeverIndexed(name), true);
  private final ByteBuf out = Unpooled.directBuffer(4096);
  private StreamParameters call = SampleCalls.withEntries(0);
  private RequestHeaders.Lists made = requestHeaders.of(call);

  @Setup
  public void setUp() {
    call = SampleCalls.withEntries(entries);
    made = requestHeaders.of(call);
  }

  @TearDown
  public void tearDown() {
    nettyHpack.close();
    out.release();
  }

  @Benchmark
  public RequestHeaders.Lists make() {
    return requestHeaders.of(call);
  }

  @Benchmark
  public Http2Headers makeNettyHeaders() {
    return SampleCalls.joined(made);
  }

  @Benchmark
  public ByteBuf makeAndEncode() {
    RequestHeaders.Lists lists = requestHeaders.of(call);
    hpack.encode(lists.shared(), out.clear());
    hpack.encode(lists.own(), out);
    return out;
  }

  @Benchmark
  public ByteBuf makeAndEncodeNettyHeaders() throws Http2Exception {
    nettyHpack.encodeHeaders(1, makeNettyHeaders(), out.clear());
    return out;
  }
}
