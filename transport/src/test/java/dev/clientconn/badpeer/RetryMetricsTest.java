// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.badpeer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.netty.handler.codec.http2.Http2Error;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OpenTelemetry's metrics of calls and attempts (gRFC A66, A96) have the same values as with
 * grpc-netty, whatever a server does to a call.
 */
class RetryMetricsTest {
  private static final String RETRY_DELAY = "grpc.client.call.retry_delay";
  private static final double BACKOFF_SECONDS = 0.02;
  private static final Map<String, ?> CONFIG = Map.of(
      "methodConfig",
      List.of(Map.of(
          "name",
          List.of(Map.of()),
          "retryPolicy",
          Map.of(
              "maxAttempts",
              3.0,
              "initialBackoff",
              BACKOFF_SECONDS + "s",
              "maxBackoff",
              BACKOFF_SECONDS + "s",
              "backoffMultiplier",
              1.0,
              "retryableStatusCodes",
              List.of("UNAVAILABLE")))));

  /** How the server ends an attempt. */
  private enum Reply {
    OK {
      @Override
      void send(FrameServer.Stream to) {
        to.grpcHeaders().data(false, new byte[5]).headers(true, "grpc-status", "0");
      }
    },
    UNAVAILABLE {
      @Override
      void send(FrameServer.Stream to) {
        trailersOnly(to, "grpc-status", "14");
      }
    },
    NOT_FOUND {
      @Override
      void send(FrameServer.Stream to) {
        trailersOnly(to, "grpc-status", "5");
      }
    },
    AT_ONCE {
      @Override
      void send(FrameServer.Stream to) {
        trailersOnly(to, "grpc-status", "14", "grpc-retry-pushback-ms", "0");
      }
    },
    NEVER_AGAIN {
      @Override
      void send(FrameServer.Stream to) {
        trailersOnly(to, "grpc-status", "14", "grpc-retry-pushback-ms", "-1");
      }
    },
    UNAVAILABLE_AFTER_HEADERS {
      @Override
      void send(FrameServer.Stream to) {
        to.grpcHeaders().headers(true, "grpc-status", "14");
      }
    },
    CONNECTION_LOST {
      @Override
      void send(FrameServer.Stream to) {
        to.closeConnection();
      }
    },
    REFUSED {
      @Override
      void send(FrameServer.Stream to) {
        to.reset(Http2Error.REFUSED_STREAM);
      }
    };

    abstract void send(FrameServer.Stream to);

    private static void trailersOnly(FrameServer.Stream to, String... trailers) {
      String[] all = new String[trailers.length + 4];
      all[0] = ":status";
      all[1] = "200";
      all[2] = "content-type";
      all[3] = "application/grpc";
      System.arraycopy(trailers, 0, all, 4, trailers.length);
      to.headers(true, all);
    }
  }

  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();

  static List<Arguments> scenarios() {
    return List.of(
        Arguments.of(List.of(Reply.OK)),
        Arguments.of(List.of(Reply.NOT_FOUND)),
        Arguments.of(List.of(Reply.UNAVAILABLE, Reply.UNAVAILABLE, Reply.OK)),
        Arguments.of(List.of(Reply.UNAVAILABLE, Reply.UNAVAILABLE, Reply.UNAVAILABLE)),
        Arguments.of(List.of(Reply.UNAVAILABLE, Reply.NOT_FOUND)),
        Arguments.of(List.of(Reply.AT_ONCE, Reply.NEVER_AGAIN)),
        Arguments.of(List.of(Reply.UNAVAILABLE, Reply.UNAVAILABLE_AFTER_HEADERS)),
        Arguments.of(List.of(Reply.CONNECTION_LOST, Reply.OK)),
        Arguments.of(List.of(Reply.REFUSED, Reply.OK)),
        Arguments.of(List.of(Reply.REFUSED, Reply.REFUSED, Reply.OK)),
        Arguments.of(List.of(Reply.UNAVAILABLE, Reply.REFUSED, Reply.OK)));
  }

  @Conforms("C162")
  @ParameterizedTest
  @MethodSource("scenarios")
  void callsAndAttemptsAreCountedAsWithGrpcNetty(List<Reply> script) throws Exception {
    Map<String, Double> ours = measure(script, ClientConnBuilder::forTarget);
    Map<String, Double> theirs = measure(script, NettyChannelBuilder::forTarget);

    ours.remove(RETRY_DELAY);
    theirs.remove(RETRY_DELAY);
    assertThat(ours).isEqualTo(theirs).isNotEmpty();
  }

  @Test
  void retriesOfBothKindsAreRecorded() throws Exception {
    Map<String, Double> ours =
        measure(List.of(Reply.REFUSED, Reply.UNAVAILABLE, Reply.OK), ClientConnBuilder::forTarget);

    assertThat(ours)
        .containsEntry("grpc.client.call.retries", 1.0)
        .containsEntry("grpc.client.call.transparent_retries", 1.0)
        .containsEntry("grpc.client.attempt.started", 3.0);
    assertThat(ours.get(RETRY_DELAY))
        .as("gRFC A96: all the time without an attempt, the backoff included")
        .isGreaterThanOrEqualTo(0.8 * BACKOFF_SECONDS);
  }

  /** Makes one call, and returns sums, or counts where a metric is a time. */
  private Map<String, Double> measure(
      List<Reply> script, Function<String, ManagedChannelBuilder<?>> channels) throws Exception {
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    replies.addAll(script);
    try (FrameServer server = new FrameServer(stream -> replies.remove().send(stream));
        SdkMeterProvider meters =
            SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      ManagedChannelBuilder<?> builder = channels
          .apply("localhost:" + server.port())
          .usePlaintext()
          .disableServiceConfigLookUp()
          .defaultServiceConfig(CONFIG);
      GrpcOpenTelemetry.newBuilder()
          .sdk(OpenTelemetrySdk.builder().setMeterProvider(meters).build())
          .enableMetrics(List.of(
              "grpc.client.call.retries",
              "grpc.client.call.transparent_retries",
              "grpc.client.call.hedges",
              RETRY_DELAY))
          .build()
          .configureChannelBuilder(builder);
      ManagedChannel channel = builder.build();
      try {
        call(channel);
      } finally {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(replies).isEmpty();
      return values(reader);
    }
  }

  private static void call(ManagedChannel channel) {
    try {
      HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance());
    } catch (StatusRuntimeException expected) {
      assertThat(expected.getStatus().getCode().name()).isIn("UNAVAILABLE", "NOT_FOUND");
    }
  }

  private static Map<String, Double> values(InMemoryMetricReader reader) {
    Map<String, Double> values = new TreeMap<>();
    for (MetricData metric : reader.collectAllMetrics()) {
      if (!metric.getName().startsWith("grpc.client.")) {
        continue;
      }
      for (HistogramPointData point : metric.getHistogramData().getPoints()) {
        boolean isTime = metric.getUnit().equals("s") && !metric.getName().equals(RETRY_DELAY);
        values.put(
            metric.getName() + status(point.getAttributes()),
            isTime ? point.getCount() : point.getSum());
      }
      for (LongPointData point : metric.getLongSumData().getPoints()) {
        values.put(metric.getName(), (double) point.getValue());
      }
    }
    return values;
  }

  private static String status(Attributes attributes) {
    String status = attributes.get(AttributeKey.stringKey("grpc.status"));
    return status == null ? "" : " " + status;
  }
}
