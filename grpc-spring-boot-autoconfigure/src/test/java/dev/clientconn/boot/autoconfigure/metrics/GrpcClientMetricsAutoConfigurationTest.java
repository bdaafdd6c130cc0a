// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcTransportMeterConvention;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.springgrpc.SpringGrpcAutoConfiguration;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;

@ExtendWith(OutputCaptureExtension.class)
class GrpcClientMetricsAutoConfigurationTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          MetricsAutoConfiguration.class,
          CompositeMeterRegistryAutoConfiguration.class,
          SimpleMetricsExportAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientMetricsAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=localhost:1");

  @Test
  void connectionIsSeenAfterTheFirstCall() {
    try (HealthServer server = HealthServer.start()) {
      this.runner
          .withPropertyValues("grpc.client.targets.greeter.address=" + server.address())
          .run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            HealthGrpc.newBlockingStub(context.getBean(Channel.class))
                .check(HealthCheckRequest.getDefaultInstance());

            assertThat(ready(registry)).isEqualTo(1);
            assertThat(registry
                    .get("grpc.transport.window.send")
                    .tags("target", "greeter", "stat", "min")
                    .gauge()
                    .value())
                .isPositive();
          });
    }
  }

  @Test
  void retriesAreCounted() {
    try (HealthServer server = HealthServer.start()) {
      server.failures.set(2);
      this.runner
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + server.address(),
              "grpc.client.targets.greeter.retry.max-attempts=3",
              "grpc.client.targets.greeter.retry.initial-backoff=1ms")
          .run(context -> {
            HealthGrpc.newBlockingStub(context.getBean(Channel.class))
                .check(HealthCheckRequest.getDefaultInstance());

            assertThat(context
                    .getBean(MeterRegistry.class)
                    .get("grpc.transport.attempts.repeated")
                    .tags("target", "greeter", "reason", "retry")
                    .counter()
                    .count())
                .isEqualTo(2);
          });
    }
  }

  @Test
  void idleTargetHasMetersToo() {
    this.runner.run(
        context -> assertThat(ready(context.getBean(MeterRegistry.class))).isZero());
  }

  @Test
  void metersAreRemovedWhenTheContextCloses() {
    SimpleMeterRegistry[] registry = new SimpleMeterRegistry[1];
    this.runner.run(context -> {
      registry[0] = context.getBean(SimpleMeterRegistry.class);
      assertThat(registry[0].find("grpc.transport.connections").gauges()).hasSize(5);
    });

    assertThat(registry[0].find("grpc.transport.connections").gauges()).isEmpty();
  }

  @Test
  void anyNumberOfChannelsWithOptionsOfTheirOwnHasBoundedSeries(CapturedOutput output) {
    this.runner
        .withConfiguration(AutoConfigurations.of(
            SslAutoConfiguration.class,
            SpringGrpcAutoConfiguration.class,
            org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration.class,
            CompositeChannelFactoryAutoConfiguration.class))
        .run(context -> {
          GrpcChannelFactory factory = context.getBean(GrpcChannelFactory.class);
          for (int i = 0; i < ClientConnMetricsPostProcessor.MAX_SEPARATE + 5; i++) {
            factory.createChannel(
                "greeter",
                ChannelBuilderOptions.defaults().withShutdownGracePeriod(Duration.ofMillis(10)));
          }

          assertThat(context
                  .getBean(MeterRegistry.class)
                  .find("grpc.transport.waiting.connection")
                  .gauges())
              .extracting(gauge -> gauge.getId().getTag("target"))
              .contains("greeter", "greeter#1", "greeter#20")
              .hasSize(1 + ClientConnMetricsPostProcessor.MAX_SEPARATE);
        });
    assertThat(output).containsOnlyOnce("have no meters");
  }

  @Test
  void delaysOfCallsAreTimersByCause() {
    try (HealthServer server = HealthServer.start()) {
      this.runner
          .withPropertyValues(
              "grpc.client.metrics.delays.enabled=true",
              "grpc.client.targets.greeter.address=" + server.address())
          .run(context -> {
            for (int i = 0; i < 3; i++) {
              HealthGrpc.newBlockingStub(context.getBean(Channel.class))
                  .check(HealthCheckRequest.getDefaultInstance());
            }

            Collection<Timer> timers = context
                .getBean(MeterRegistry.class)
                .find("grpc.client.attempt.delay.duration")
                .tag("target", "greeter")
                .timers();
            assertThat(timers)
                .extracting(timer -> timer.getId().getTag("grpc.delay_type"))
                .contains("server")
                .doesNotHaveDuplicates()
                .isSubsetOf(MeterTag.CAUSE.values());
            assertThat(context
                    .getBean(MeterRegistry.class)
                    .get("grpc.client.attempt.delay.duration")
                    .tag("grpc.delay_type", "server")
                    .timer()
                    .count())
                .isEqualTo(3);
          });
    }
  }

  @Test
  void callsAreNotMeasuredForDelaysThatNobodyAskedFor() {
    this.runner.run(context -> assertThat(context).doesNotHaveBean("grpcClientDelaysCustomizer"));
  }

  @Test
  void targetsAndRegistriesMayComeInAnyOrder() {
    SimpleMeterRegistry early = new SimpleMeterRegistry();
    SimpleMeterRegistry late = new SimpleMeterRegistry();
    ClientConnRegistry none = Map::of;
    try (GrpcClientMetrics metrics = new GrpcClientMetrics(() -> none)) {
      metrics.bindTo(early);
      TransportListener listener = metrics.listenerFor("greeter");
      metrics.bindTo(late);

      listener.streamSlotWaited(WaitOutcome.GRANTED, 5);

      assertThat(metrics.listenerFor("greeter")).isSameAs(listener);
      assertThat(granted(early)).isEqualTo(1);
      assertThat(granted(late)).isEqualTo(1);
    }
    assertThat(early.getMeters()).isEmpty();
    assertThat(late.getMeters()).isEmpty();
  }

  @Test
  void channelsOfAFactoryOfTheApplicationHaveMeters() {
    this.runner
        .withBean(
            ClientConnFactory.class,
            () -> target ->
                ClientConnBuilder.forTarget("localhost:1").usePlaintext().build())
        .run(context -> assertThat(ready(context.getBean(MeterRegistry.class))).isZero());
  }

  @Test
  void channelBeansOfTheApplicationHaveMeters() {
    this.runner
        .withBean(
            "other",
            ClientConn.class,
            () -> ClientConnBuilder.forTarget("localhost:1").usePlaintext().build())
        .run(context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry
                  .find("grpc.transport.connections")
                  .tag("target", "other")
                  .gauges())
              .hasSize(5);
          assertThat(context.getBean(ClientConnRegistry.class).channels())
              .containsOnlyKeys("greeter", "other");
        });
  }

  @Test
  void conventionBeanDecidesNamesAndTags() {
    GrpcTransportMeterConvention convention = new GrpcTransportMeterConvention() {
      @Override
      public String name(String meter) {
        return "shop." + meter;
      }
    };
    this.runner
        .withBean("mine", GrpcTransportMeterConvention.class, () -> convention)
        .run(context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry.find("shop.grpc.transport.connections").gauges()).hasSize(5);
          assertThat(registry.find("grpc.transport.connections").gauges()).isEmpty();
        });
  }

  @Test
  void conventionBeansThatCannotBeUsedAreNamed(CapturedOutput output) {
    GrpcTransportMeterConvention convention = new GrpcTransportMeterConvention() {};
    this.runner
        .withBean("first", GrpcTransportMeterConvention.class, () -> convention)
        .withBean("second", GrpcTransportMeterConvention.class, () -> convention)
        .run(context -> assertThat(ready(context.getBean(MeterRegistry.class))).isZero());
    assertThat(output).containsOnlyOnce("The meter convention 'first' and 'second' cannot be used");

    this.runner
        .withBean(
            "broken",
            GrpcTransportMeterConvention.class,
            () -> {
              throw new IllegalStateException("no convention");
            },
            definition -> definition.setLazyInit(true))
        .run(context -> assertThat(ready(context.getBean(MeterRegistry.class))).isZero());
    assertThat(output).containsOnlyOnce("The meter convention 'broken' cannot be used");
  }

  @Test
  void metersEndWithTheBeanOfTheChannel() {
    this.runner
        .withBean(
            "other",
            ClientConn.class,
            () -> ClientConnBuilder.forTarget("localhost:1").usePlaintext().build())
        .run(context -> {
          ((DefaultSingletonBeanRegistry) context.getBeanFactory()).destroySingleton("other");

          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry
                  .find("grpc.transport.connections")
                  .tag("target", "other")
                  .gauges())
              .isEmpty();
          assertThat(ready(registry)).isZero();
        });
  }

  @Test
  void metricsOfTheApplicationReplaceOurs() {
    this.runner
        .withBean("own", GrpcClientMetrics.class, () -> new GrpcClientMetrics(() -> Map::of))
        .run(context ->
            assertThat(context).hasSingleBean(GrpcClientMetrics.class).hasBean("own"));
  }

  @Test
  void nothingIsMeteredWithoutMicrometer() {
    new ApplicationContextRunner()
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientMetricsAutoConfiguration.class))
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("grpcClientMetrics"));
  }

  @Test
  void nothingIsMeteredWithoutARegistryOrWithoutClients() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientMetricsAutoConfiguration.class))
        .run(context -> assertThat(context).doesNotHaveBean(GrpcClientMetrics.class));
    this.runner
        .withPropertyValues("grpc.client.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(GrpcClientMetrics.class));
  }

  private static double ready(MeterRegistry registry) {
    return registry
        .get("grpc.transport.connections")
        .tags("target", "greeter", "state", "ready")
        .gauge()
        .value();
  }

  private static long granted(MeterRegistry registry) {
    return registry
        .get("grpc.transport.streams.pending.time")
        .tag("outcome", "granted")
        .timer()
        .count();
  }
}
