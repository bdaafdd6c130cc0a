// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.StreamList;
import dev.clientconn.boot.autoconfigure.metrics.GrpcClientMetrics;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what operators ask while many streams are open on one connection: a scrape of the
 * meters, and the streams of the actuator endpoint. The goal of a scrape: less than 20 ms.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@org.openjdk.jmh.annotations.Measurement(iterations = 3, time = 3)
@Fork(1)
public class OpenStreamsBenchmark {

  private static final String TARGET = "greeter";

  /** Longer than the meters reuse what they have read. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  private static final Bytes BYTES = new Bytes();

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
          .setFullMethodName("package.Service/Method")
          .setType(MethodDescriptor.MethodType.UNARY)
          .build();

  @Param({"10000"})
  public int open;

  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final MeterRegistry simple = new SimpleMeterRegistry();

  private @Nullable Server server;

  private @Nullable ClientConn channel;

  @Setup(Level.Trial)
  public void openStreams() throws IOException {
    this.server = NettyServerBuilder.forPort(0)
        .fallbackHandlerRegistry(new NoResponses())
        .build()
        .start();
    ClientConn opened = ClientConnBuilder.forAddress("localhost", this.server.getPort())
        .usePlaintext()
        .build();
    this.channel = opened;
    GrpcClientMetrics metrics = new GrpcClientMetrics(() -> () -> Map.of(TARGET, opened));
    metrics.bindTo(this.prometheus);
    metrics.bindTo(this.simple);
    metrics.listenerFor(TARGET);
    for (int i = 0; i < this.open; i++) {
      ClientCall<byte[], byte[]> call = opened.newCall(METHOD, CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.request(1);
      call.sendMessage(new byte[0]);
      call.halfClose();
    }
    while (ClientSummary.of(opened.snapshot()).streams().active() < this.open) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Setup(Level.Invocation)
  public void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  @TearDown(Level.Trial)
  public void close() {
    Objects.requireNonNull(this.channel).shutdownNow();
    Objects.requireNonNull(this.server).shutdownNow();
  }

  /** Reads all meters as {@code /actuator/prometheus} does. */
  @Benchmark
  public String scrapePrometheus() {
    return this.prometheus.scrape();
  }

  /** Reads all meters as a registry does that publishes them at intervals. */
  @Benchmark
  public double readSimpleRegistry() {
    double sum = 0;
    for (Meter meter : this.simple.getMeters()) {
      for (Measurement measurement : meter.measure()) {
        sum += measurement.getValue();
      }
    }
    return sum;
  }

  /** Lists the first page of the endpoint's operation with {@code streams=true}. */
  @Benchmark
  public StreamList listHundredStreams() {
    return StreamPage.of(null, null).read(Objects.requireNonNull(this.channel));
  }

  /** Lists as many streams as a request may ask for. */
  @Benchmark
  public StreamList listAllStreams() {
    return StreamPage.of(0, StreamPage.MAX_LIMIT).read(Objects.requireNonNull(this.channel));
  }

  /** Responds to no call. */
  private static final class NoResponses extends HandlerRegistry {

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      return ServerMethodDefinition.create(METHOD, (call, headers) -> {
        call.request(1);
        return new ServerCall.Listener<>() {};
      });
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
