// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.badpeer.FrameServer;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.ByteMethods;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.stub.ClientCalls;
import io.netty.handler.codec.http2.Http2Error;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares the spans that {@code GrpcOpenTelemetry} makes of the same calls (gRFC A72). */
class TracingExportTest {
  private static final MethodDescriptor<byte[], byte[]> METHOD = ByteMethods.unary("test.Echo/Say");
  private static final Map<String, ?> RETRIES = Map.of(
      "methodConfig",
      List.of(Map.of(
          "name",
          List.of(Map.of()),
          "retryPolicy",
          Map.of(
              "maxAttempts",
              3.0,
              "initialBackoff",
              "0.01s",
              "maxBackoff",
              "0.01s",
              "backoffMultiplier",
              1.0,
              "retryableStatusCodes",
              List.of("UNAVAILABLE")))));

  private boolean enabledBefore;

  /** Not public yet: an environment variable enables it. */
  @BeforeEach
  void enableTracing() throws ReflectiveOperationException {
    Field enabled = tracingFlag();
    enabledBefore = enabled.getBoolean(null);
    enabled.setBoolean(null, true);
  }

  @AfterEach
  void restore() throws ReflectiveOperationException {
    tracingFlag().setBoolean(null, enabledBefore);
  }

  private static Field tracingFlag() throws ReflectiveOperationException {
    Field flag = GrpcOpenTelemetry.class.getDeclaredField("ENABLE_OTEL_TRACING");
    flag.setAccessible(true);
    return flag;
  }

  @Conforms("C167")
  @Test
  void spansAndTheirEventsAreThoseOfGrpcNetty() throws Exception {
    List<String> theirs = spans(NettyChannelBuilder::forTarget);
    List<String> ours = spans(ClientConnBuilder::forTarget);

    assertThat(ours)
        .containsExactlyElementsOf(theirs)
        .anyMatch(span -> span.contains("Delayed name resolution complete"))
        .anyMatch(span -> span.contains("Delayed LB pick complete"));
  }

  /** Lists the spans by name, each with its status and events. */
  private static List<String> spans(Function<String, ManagedChannelBuilder<?>> channels)
      throws Exception {
    InMemorySpanExporter exporter = InMemorySpanExporter.create();
    BlockingQueue<Consumer<FrameServer.Stream>> script = new LinkedBlockingQueue<>(List.of(
        TracingExportTest::respond,
        stream -> trailersOnly(stream, "14"),
        TracingExportTest::respond,
        stream -> stream.reset(Http2Error.REFUSED_STREAM),
        TracingExportTest::respond,
        stream -> trailersOnly(stream, "5")));
    try (SdkTracerProvider tracers = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
        FrameServer server = new FrameServer(stream -> script.remove().accept(stream))) {
      ManagedChannelBuilder<?> builder =
          channels.apply("localhost:" + server.port()).usePlaintext().defaultServiceConfig(RETRIES);
      GrpcOpenTelemetry.newBuilder()
          .sdk(OpenTelemetrySdk.builder().setTracerProvider(tracers).build())
          .build()
          .configureChannelBuilder(builder);
      CountDownLatch started = new CountDownLatch(1);
      ManagedChannel channel =
          builder.offloadExecutor(lookUp -> startAfter(started, lookUp)).build();
      while (!script.isEmpty()) {
        call(channel, started);
      }
      channel.shutdown();
      assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      // Closing the provider would remove them.
      return exporter.getFinishedSpanItems().stream()
          .map(span -> span.getName() + " " + span.getStatus().getStatusCode() + " "
              + span.getEvents().stream().map(EventData::getName).toList())
          .sorted()
          .toList();
    }
  }

  /** The names are resolved after the first call has been started, which therefore waits. */
  private static void startAfter(CountDownLatch started, Runnable lookUp) {
    new Thread(() -> {
          try {
            started.await();
            lookUp.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })
        .start();
  }

  private static void call(ManagedChannel channel, CountDownLatch started) throws Exception {
    ClientCall<byte[], byte[]> call =
        channel.newCall(METHOD, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    Future<byte[]> response = ClientCalls.futureUnaryCall(call, new byte[] {1});
    started.countDown();
    try {
      response.get();
    } catch (ExecutionException e) {
      assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }
  }

  private static void respond(FrameServer.Stream stream) {
    stream.grpcHeaders().data(false, new byte[5]).headers(true, "grpc-status", "0");
  }

  private static void trailersOnly(FrameServer.Stream stream, String status) {
    stream.headers(
        true, ":status", "200", "content-type", "application/grpc", "grpc-status", status);
  }
}
