// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Checks the spans of calls, and that a real server receives the context of their trace. */
class TracePropagationTest {

  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  private final HealthServer server = HealthServer.start();

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();

  private final SdkTracerProvider provider = SdkTracerProvider.builder()
      .addSpanProcessor(SimpleSpanProcessor.create(this.spans))
      .build();

  private final ObservationRegistry registry = tracing();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientObservationAutoConfiguration.class))
      .withBean(ObservationRegistry.class, () -> this.registry)
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  private ObservationRegistry tracing() {
    Tracer tracer = this.provider.get("test");
    OtelTracer bridge = new OtelTracer(tracer, new OtelCurrentTraceContext(), event -> {});
    OtelPropagator propagator = new OtelPropagator(
        ContextPropagators.create(W3CTraceContextPropagator.getInstance()), tracer);
    ObservationRegistry tracing = ObservationRegistry.create();
    tracing
        .observationConfig()
        .observationHandler(new FirstMatchingCompositeObservationHandler(
            new PropagatingSenderTracingObservationHandler<>(bridge, propagator),
            new DefaultTracingObservationHandler(bridge)));
    return tracing;
  }

  @AfterEach
  void stop() {
    this.server.close();
    this.provider.close();
  }

  @Test
  void serverReceivesTheTraceOfTheCaller() {
    this.runner.run(context -> {
      Observation.createNotStarted("caller", this.registry)
          .observe(() -> check(context.getBean(ClientConn.class)));

      SpanData call = span("grpc.health.v1.Health/Check");
      SpanData caller = span("caller");
      assertThat(call.getParentSpanId()).isEqualTo(caller.getSpanId());
      assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
      assertThat(this.server.headers.get(0).get(TRACEPARENT)).startsWith(traceparent(call));
    });
  }

  @Test
  void spanHasTheNameOfTheTarget() {
    this.runner.run(context -> {
      check(context.getBean(ClientConn.class));

      assertThat(attribute(span("grpc.health.v1.Health/Check"), "target")).isEqualTo("greeter");
    });
  }

  @Test
  void attemptsOfACallAreOfTheSameSpan() {
    this.server.failures.set(2);
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.retry.max-attempts=3",
            "grpc.client.targets.greeter.retry.initial-backoff=1ms")
        .run(context -> {
          check(context.getBean(ClientConn.class));

          assertThat(this.spans.getFinishedSpanItems()).hasSize(1);
          assertThat(this.server.headers)
              .hasSize(3)
              .extracting(headers -> headers.get(TRACEPARENT))
              .allMatch(each -> each != null
                  && each.startsWith(traceparent(span("grpc.health.v1.Health/Check"))));
        });
  }

  @Test
  void failureIsAnErrorOfTheSpanByTheConventionsOfOpenTelemetry() {
    this.server.failures.set(1);
    this.runner.withPropertyValues("grpc.client.observation.convention=otel").run(context -> {
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> check(context.getBean(ClientConn.class)));

      SpanData span = span("grpc.health.v1.Health/Check");
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(attribute(span, "error.type")).isEqualTo("UNAVAILABLE");
      assertThat(attribute(span, "rpc.status_code")).isEqualTo("UNAVAILABLE");
    });
  }

  /** The header without its flags. */
  private static String traceparent(SpanData span) {
    return "00-%s-%s-0".formatted(span.getTraceId(), span.getSpanId());
  }

  private static String attribute(SpanData span, String key) {
    return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
  }

  private SpanData span(String name) {
    return this.spans.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void check(ClientConn channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }
}
