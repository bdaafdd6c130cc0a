// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import dev.clientconn.boot.autoconfigure.springgrpc.SpringGrpcAutoConfiguration;
import dev.clientconn.boot.observation.GrpcTargetObservationContext;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import io.grpc.stub.StreamObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

class GrpcClientObservationAutoConfigurationTest {

  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          ObservationAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientObservationAutoConfiguration.class))
      .withUserConfiguration(Meters.class)
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @AfterEach
  void stopServer() {
    this.server.close();
  }

  @Test
  void eachCallIsObservedOnceWithTheKeysOfMicrometer() {
    this.runner.run(context -> {
      check(channel(context));

      assertThat(timer(context, "grpc.client").count()).isEqualTo(1);
      assertThat(timer(context, "grpc.client").getId().getTags())
          .extracting(tag -> tag.getKey() + "=" + tag.getValue())
          .containsExactlyInAnyOrder(
              "error=none",
              "grpc.status_code=OK",
              "net.peer.name=localhost",
              "net.peer.port=" + this.server.address().substring("localhost:".length()),
              "rpc.method=Check",
              "rpc.service=grpc.health.v1.Health",
              "rpc.type=UNARY");
    });
  }

  @Test
  void targetIsATagOfMetersOnRequest() {
    this.runner.withPropertyValues("grpc.client.observation.target-tag=true").run(context -> {
      check(channel(context));

      assertThat(timer(context, "grpc.client").getId().getTag("target")).isEqualTo("greeter");
    });
  }

  @Test
  void namesOfOpenTelemetryComeWithTheTarget() {
    this.runner.withPropertyValues("grpc.client.observation.convention=otel").run(context -> {
      check(channel(context));

      Timer timer = timer(context, "rpc.client.call.duration");
      assertThat(timer.count()).isEqualTo(1);
      assertThat(timer.getId().getTag("rpc.method")).isEqualTo("grpc.health.v1.Health/Check");
      assertThat(timer.getId().getTag("target")).isEqualTo("greeter");
    });
  }

  @Test
  void conventionBeanWinsAndSeesTheTarget() {
    this.runner
        .withBean(OwnConvention.class)
        .withPropertyValues("grpc.client.observation.convention=otel")
        .run(context -> {
          check(channel(context));

          assertThat(timer(context, "own").getId().getTag("called")).isEqualTo("greeter");
        });
  }

  @Test
  void globalConventionAppliesWhereNoBeanIsOfTheTypeForCalls() {
    this.runner.withBean(GlobalConvention.class).run(context -> {
      check(channel(context));

      assertThat(timer(context, "global").count()).isEqualTo(1);
    });
  }

  @Test
  void interceptorOfTheApplicationTakesThePlaceOfOurs() {
    this.runner
        .withBean(
            "own",
            ObservationGrpcClientInterceptor.class,
            () -> new ObservationGrpcClientInterceptor(ObservationRegistry.NOOP))
        .run(context -> {
          check(channel(context));

          assertThat(context)
              .hasSingleBean(ObservationGrpcClientInterceptor.class)
              .hasBean("own");
          assertThat(context.getBean(MeterRegistry.class).find("grpc.client").timer())
              .isNull();
        });
  }

  @Test
  void clientsOfBootAreObservedOnce() {
    besideBoot().run(context -> {
      check(context.getBean(GrpcChannelFactory.class).createChannel("greeter"));
      check(channel(context));

      assertThat(context)
          .hasSingleBean(ObservationGrpcClientInterceptor.class)
          .hasBean("clientConnObservationInterceptor");
      assertThat(timer(context, "grpc.client").count()).isEqualTo(2);
      assertThat(this.server.headers).hasSize(2);
    });
  }

  @Test
  void bootObservesAllClientsWhereThisStarterDoesNot() {
    besideBoot().withPropertyValues("grpc.client.observation.enabled=false").run(context -> {
      check(context.getBean(GrpcChannelFactory.class).createChannel("greeter"));
      check(channel(context));

      assertThat(context)
          .hasSingleBean(ObservationGrpcClientInterceptor.class)
          .doesNotHaveBean("clientConnObservationInterceptor");
      assertThat(timer(context, "grpc.client").count()).isEqualTo(2);
    });
  }

  @Test
  void switchOfBootEndsTheObservationOfAllClients() {
    besideBoot()
        .withPropertyValues("spring.grpc.client.observation.enabled=false")
        .run(context -> {
          check(context.getBean(GrpcChannelFactory.class).createChannel("greeter"));
          check(channel(context));

          assertThat(context).doesNotHaveBean(ObservationGrpcClientInterceptor.class);
          assertThat(context.getBean(MeterRegistry.class).find("grpc.client").timers())
              .isEmpty();
        });
  }

  private ApplicationContextRunner besideBoot() {
    return this.runner.withConfiguration(AutoConfigurations.of(
        SslAutoConfiguration.class,
        SpringGrpcAutoConfiguration.class,
        org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration.class,
        CompositeChannelFactoryAutoConfiguration.class,
        org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration
            .class));
  }

  /** The server allows one stream, which another call occupies until this call waits for it. */
  @Test
  @Timeout(120)
  void slotThatACallWaitedForIsAnEvent() {
    try (HealthServer single = HealthServer.start(1)) {
      this.runner
          .withBean(Events.class)
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + single.address(),
              "grpc.client.observation.waits.threshold=0ms")
          .run(context -> {
            ClientConn channel = context.getBean(ClientConn.class);
            HealthFutureStub stub = HealthGrpc.newFutureStub(channel);
            Future<?> first =
                stub.check(HealthCheckRequest.newBuilder().setService("held").build());
            StreamObserver<HealthCheckResponse> responses = single.held.take();
            Future<?> second = stub.check(HealthCheckRequest.getDefaultInstance());
            while (pending(channel) == 0) {
              Thread.onSpinWait();
            }
            responses.onNext(HealthServer.serving());
            responses.onCompleted();
            first.get();
            second.get();

            assertThat(context.getBean(Events.class).seen)
                .filteredOn(event -> event.startsWith("wait stream_slot "))
                .hasSize(1);
          });
    }
  }

  private static int pending(ClientConn channel) {
    return channel.snapshot().subchannels().stream()
        .mapToInt(subchannel -> subchannel.pendingStreams()
            + subchannel.connections().stream()
                .mapToInt(connection -> connection.streams().pending())
                .sum())
        .sum();
  }

  @Test
  void negativeThresholdFailsTheStart() {
    FailureAnalysis analysis =
        StartFailure.of(this.runner, "grpc.client.observation.waits.threshold: -1ms");

    assertThat(analysis.getDescription())
        .contains("grpc.client.observation.waits.threshold")
        .contains("It must not be negative.")
        .contains("application.yml - 1:");
  }

  @Test
  void annotatedModeObservesToo() {
    this.runner.withPropertyValues("grpc.client.interceptors.global=annotated").run(context -> {
      check(channel(context));

      assertThat(timer(context, "grpc.client").count()).isEqualTo(1);
    });
  }

  @Test
  void switchesOfOursAndOfBootSwitchOff() {
    this.runner
        .withPropertyValues("grpc.client.observation.enabled=false")
        .run(
            context -> assertThat(context).doesNotHaveBean(ObservationGrpcClientInterceptor.class));
    this.runner
        .withPropertyValues("spring.grpc.client.observation.enabled=false")
        .run(
            context -> assertThat(context).doesNotHaveBean(ObservationGrpcClientInterceptor.class));
  }

  @Test
  void observationThatIsDisabledByNameCostsNothingElse() {
    this.runner
        .withPropertyValues("management.observations.enable.grpc.client=false")
        .run(context -> {
          check(channel(context));

          assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
        });
  }

  @Test
  void nothingIsObservedWithoutARegistryOrTheClassesOfMicrometer() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            GrpcClientAutoConfiguration.class, GrpcClientObservationAutoConfiguration.class))
        .run(
            context -> assertThat(context).doesNotHaveBean(ObservationGrpcClientInterceptor.class));
    for (Class<?> absent :
        new Class<?>[] {ObservationRegistry.class, ObservationGrpcClientInterceptor.class}) {
      new ApplicationContextRunner()
          .withClassLoader(new FilteredClassLoader(absent))
          .withConfiguration(AutoConfigurations.of(
              GrpcClientAutoConfiguration.class, GrpcClientObservationAutoConfiguration.class))
          .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address())
          .run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean("clientConnObservationInterceptor");
            check(channel(context));
          });
    }
  }

  @Test
  void springGrpcIsNotNeeded() {
    this.runner
        .withClassLoader(
            new FilteredClassLoader("org.springframework.grpc", "org.springframework.boot.grpc"))
        .run(context -> {
          check(channel(context));

          assertThat(timer(context, "grpc.client").count()).isEqualTo(1);
        });
  }

  private static Channel channel(AssertableApplicationContext context) {
    return context.getBean(ClientConn.class);
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static Timer timer(AssertableApplicationContext context, String name) {
    return context.getBean(MeterRegistry.class).get(name).timer();
  }

  @Configuration(proxyBeanMethods = false)
  static class Meters {

    @Bean
    MeterRegistry meterRegistry() {
      return new SimpleMeterRegistry();
    }

    @Bean
    DefaultMeterObservationHandler meterHandler(MeterRegistry registry) {
      return new DefaultMeterObservationHandler(registry);
    }
  }

  static class OwnConvention implements GrpcClientObservationConvention {

    @Override
    public String getName() {
      return "own";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(GrpcClientObservationContext context) {
      String target = ((GrpcTargetObservationContext) context).getTarget();
      return KeyValues.of("called", target == null ? "" : target);
    }
  }

  static class GlobalConvention
      implements GlobalObservationConvention<GrpcClientObservationContext> {

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context instanceof GrpcClientObservationContext;
    }

    @Override
    public String getName() {
      return "global";
    }
  }

  /** Records the events of all observations. */
  static class Events implements ObservationHandler<Observation.Context> {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @Override
    public void onEvent(Observation.Event event, Observation.Context context) {
      this.seen.add(event.getContextualName());
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }
}
