// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.badpeer.FrameServer;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.tls.Pki;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Makes the same calls over the channels of one kind, successful and not, and collects what {@code
 * GrpcOpenTelemetry} exports of them.
 */
final class TelemetryScenarios implements AutoCloseable {
  /** Makes a builder for a target. */
  interface Channels extends BiFunction<String, ChannelCredentials, ManagedChannelBuilder<?>> {}

  private static final MethodDescriptor<byte[], byte[]> METHOD = ByteMethods.unary("test.Echo/Say");
  private static final int TIMEOUT_SECONDS = 20;

  private static final Map<String, ?> RETRIES = Map.of(
      "maxAttempts",
      3.0,
      "initialBackoff",
      "0.01s",
      "maxBackoff",
      "0.01s",
      "backoffMultiplier",
      1.0,
      "retryableStatusCodes",
      List.of("UNAVAILABLE"));
  private static final Map<String, ?> HEDGES =
      Map.of("maxAttempts", 2.0, "hedgingDelay", "0.02s", "nonFatalStatusCodes", List.of());

  private final Channels channels;
  private final CallOptions options;
  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final SdkMeterProvider meters =
      SdkMeterProvider.builder().registerMetricReader(reader).build();
  private final GrpcOpenTelemetry telemetry;

  private TelemetryScenarios(
      Channels channels, CallOptions options, Collection<String> metrics, List<String> labels) {
    this.channels = channels;
    this.options = options;
    GrpcOpenTelemetry.Builder builder = GrpcOpenTelemetry.newBuilder()
        .sdk(OpenTelemetrySdk.builder().setMeterProvider(meters).build())
        .enableMetrics(metrics);
    labels.forEach(builder::addOptionalLabel);
    this.telemetry = builder.build();
  }

  /** Runs all scenarios with these metrics and optional labels enabled. */
  static Map<String, Series> export(
      Channels channels, CallOptions options, Collection<String> metrics, List<String> labels)
      throws Exception {
    try (TelemetryScenarios scenarios =
        new TelemetryScenarios(channels, options, metrics, labels)) {
      scenarios.calls();
      scenarios.hedgedCall();
      scenarios.connectionsThatEnd();
      scenarios.refusedConnection();
      scenarios.tls();
      scenarios.tlsFailure();
      return Series.of(scenarios.reader.collectAllMetrics());
    }
  }

  private void calls() throws Exception {
    script(
        RETRIES,
        Status.Code.OK,
        TelemetryScenarios::respond,
        List.of(
            stream -> trailersOnly(stream, "5"),
            stream -> trailersOnly(stream, "14"),
            TelemetryScenarios::respond,
            stream -> stream.reset(Http2Error.REFUSED_STREAM),
            TelemetryScenarios::respond));
  }

  /** The only call: one before it might take longer than the delay, and be hedged as well. */
  private void hedgedCall() throws Exception {
    script(HEDGES, Status.Code.OK, stream -> {}, List.of(TelemetryScenarios::respond));
  }

  private void connectionsThatEnd() throws Exception {
    script(
        RETRIES,
        Status.Code.UNAVAILABLE,
        stream -> {
          stream.grpcHeaders();
          stream.closeConnection();
        },
        List.of());
    script(
        RETRIES,
        Status.Code.OK,
        stream -> {
          stream.goAway(stream.id(), Http2Error.NO_ERROR);
          respond(stream);
        },
        List.of());
  }

  /** Calls until the server has sent all that it is to send. */
  private void script(
      Map<String, ?> policy,
      Status.Code last,
      Consumer<FrameServer.Stream> first,
      List<Consumer<FrameServer.Stream>> following)
      throws Exception {
    BlockingQueue<Consumer<FrameServer.Stream>> script = new LinkedBlockingQueue<>();
    script.add(first);
    script.addAll(following);
    try (FrameServer server = new FrameServer(stream -> script.remove().accept(stream))) {
      withChannel(server.port(), InsecureChannelCredentials.create(), policy, channel -> {
        List<Status.Code> codes = new ArrayList<>();
        while (!script.isEmpty()) {
          codes.add(call(channel));
        }
        assertThat(codes).endsWith(last);
      });
    }
  }

  private void refusedConnection() throws Exception {
    // Holds the port and does not listen: no other process can get it.
    try (Socket bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      withChannel(
          bound.getLocalPort(),
          InsecureChannelCredentials.create(),
          Map.of(),
          channel -> assertThat(call(channel)).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  private void tls() throws Exception {
    Pki pki = new Pki();
    X509Bundle key = pki.server();
    Server server = NettyServerBuilder.forPort(0)
        .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(
                key.getKeyPair().getPrivate(), key.getCertificatePath()))
            .build())
        .addService(ServerServiceDefinition.builder("test.Echo")
            .addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }))
            .build())
        .build()
        .start();
    try {
      ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
          .trustManager(new ByteArrayInputStream(
              key.getRootCertificatePEM().getBytes(StandardCharsets.UTF_8)))
          .build();
      withChannel(
          server.getPort(),
          credentials,
          Map.of(),
          channel -> assertThat(call(channel)).isEqualTo(Status.Code.OK));
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  private void tlsFailure() throws Exception {
    try (FrameServer plaintext = new FrameServer(stream -> {})) {
      withChannel(
          plaintext.port(),
          TlsChannelCredentials.create(),
          Map.of(),
          channel -> assertThat(call(channel)).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  private void withChannel(
      int port, ChannelCredentials credentials, Map<String, ?> policy, Consumer<ManagedChannel> use)
      throws InterruptedException, IOException {
    String kind = policy == HEDGES ? "hedgingPolicy" : "retryPolicy";
    ManagedChannelBuilder<?> builder =
        channels.apply("localhost:" + port, credentials).disableServiceConfigLookUp();
    if (!policy.isEmpty()) {
      builder.defaultServiceConfig(
          Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), kind, policy))));
    }
    telemetry.configureChannelBuilder(builder);
    ManagedChannel channel = builder.build();
    try {
      use.accept(channel);
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Status.Code call(ManagedChannel channel) {
    try {
      ClientCalls.blockingUnaryCall(
          channel,
          METHOD,
          options.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS),
          new byte[] {1});
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static void respond(FrameServer.Stream stream) {
    stream.grpcHeaders().data(false, new byte[5]).headers(true, "grpc-status", "0");
  }

  private static void trailersOnly(FrameServer.Stream stream, String status) {
    stream.headers(
        true, ":status", "200", "content-type", "application/grpc", "grpc-status", status);
  }

  @Override
  public void close() {
    meters.close();
  }
}
