// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.autoconfigure.refresh.GrpcClientRefreshAutoConfiguration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Changes properties of running applications. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class RuntimeChangesTest {

  private static final String GREETER = "grpc.client.targets.greeter.";

  private static final HealthCheckRequest HELD =
      HealthCheckRequest.newBuilder().setService("held").build();

  private final HealthServer first = HealthServer.start();

  private final HealthServer second = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientRefreshAutoConfiguration.class))
      .withPropertyValues(GREETER + "address=" + this.first.address());

  @AfterEach
  void stopServers() {
    this.first.close();
    this.second.close();
  }

  @Test
  void changedAddressIsUsedByTheSameChannelAndCallsInFlightEndOnTheOldServer() {
    this.runner.run(context -> {
      ClientConn channel = context.getBean(ClientConn.class);
      HealthBlockingStub stub = HealthGrpc.newBlockingStub(channel);
      check(stub);
      Future<HealthCheckResponse> inFlight = HealthGrpc.newFutureStub(channel).check(HELD);
      StreamObserver<HealthCheckResponse> held = this.first.held.take();

      set(context, Map.of(GREETER + "address", this.second.address()));
      assertThat(context.getBean(ClientConnRefresher.class).refresh()).containsExactly("greeter");
      this.second.connections.acquire();
      while (this.second.headers.isEmpty()) {
        check(stub);
      }

      assertThat(context.getBean(ClientConn.class)).isSameAs(channel);
      held.onNext(HealthServer.serving());
      held.onCompleted();
      assertThat(inFlight.get()).isEqualTo(HealthServer.serving());
    });
  }

  @Test
  void changedDeadlineNeedsNoConnection() {
    this.runner.run(context -> {
      HealthBlockingStub stub = HealthGrpc.newBlockingStub(context.getBean(ClientConn.class));
      check(stub);

      set(context, Map.of(GREETER + "deadline", "20ms"));
      context.getBean(ClientConnRefresher.class).refresh();

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> stub.check(HELD))
          .satisfies(
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
      assertThat(this.first.connections.availablePermits()).isEqualTo(1);
    });
  }

  @Test
  void unchangedSettingsAreNotApplied() {
    this.runner.run(context -> {
      check(HealthGrpc.newBlockingStub(context.getBean(ClientConn.class)));
      set(context, Map.of("something.else", "1", GREETER + "address", this.first.address()));

      assertThat(context.getBean(ClientConnRefresher.class).refresh()).isEmpty();

      check(HealthGrpc.newBlockingStub(context.getBean(ClientConn.class)));
      assertThat(this.first.connections.availablePermits()).isEqualTo(1);
    });
  }

  @Test
  void refusedValueLeavesTheOldOneAndIsWarnedOfOnceWithPropertyAndOrigin(CapturedOutput output) {
    this.runner
        .withPropertyValues("grpc.client.targets.other.address=" + this.first.address())
        .run(context -> {
          set(
              context,
              Map.of(
                  GREETER + "address",
                  "localhost:99999",
                  "grpc.client.targets.other.address",
                  this.second.address()));
          ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);

          assertThat(refresher.refresh()).containsExactly("other");
          assertThat(refresher.refresh()).isEmpty();

          check(HealthGrpc.newBlockingStub(context.getBean("greeterClientConn", ClientConn.class)));
          assertThat(this.first.headers).hasSize(1);
          assertThat(output)
              .containsOnlyOnce("The changed settings of the gRPC target 'greeter' are not used")
              .contains("Property: " + GREETER + "address")
              .contains("Value: \"localhost:99999\"")
              .contains("Origin: \"" + GREETER + "address\" from property source \"changes\"");
        });
  }

  @Test
  void warningsOfTheStartAreNotRepeatedByARefresh(CapturedOutput output) {
    this.runner
        .withPropertyValues(GREETER + "ssl.enabled=true", GREETER + "ssl.verify=none")
        .withClassLoader(new WithClass(OtherStarter.GRPC_STARTER.autoConfiguration()))
        .run(context -> {
          set(context, Map.of(GREETER + "deadline", "20s"));

          assertThat(context.getBean(ClientConnRefresher.class).refresh())
              .containsExactly("greeter");

          assertThat(output)
              .containsOnlyOnce("There are two starters of gRPC clients")
              .containsOnlyOnce("does NOT verify the certificate of its server");
        });
  }

  @Test
  void addressListThatBecomesEmptyLeavesTheServersThatItHad(CapturedOutput output) {
    this.runner.run(context -> {
      HealthBlockingStub stub = HealthGrpc.newBlockingStub(context.getBean(ClientConn.class));
      ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);
      for (String empty : new String[] {"static://", "static://,", ""}) {
        set(context, Map.of(GREETER + "address", empty));

        assertThat(refresher.refresh()).isEmpty();

        check(stub);
        assertThat(output)
            .contains("The changed settings of the gRPC target 'greeter' are not used; its channel"
                + " keeps those before")
            .contains("Value: \"" + empty + "\"");
      }
      assertThat(output)
          .contains("Origin: \"" + GREETER + "address\" from property source \"changes\"")
          .contains("It has no host. Write static://<host>:<port>,<host>:<port>")
          .contains("The gRPC target 'greeter' has settings but no address.");
      assertThat(this.first.connections.availablePermits()).isEqualTo(1);
    });
  }

  @Test
  void valuesThatCannotBeBoundAndUnknownKeysChangeNothing(CapturedOutput output) {
    this.runner.run(context -> {
      ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);
      set(context, Map.of(GREETER + "deadline", "soon"));
      assertThat(refresher.refresh()).isEmpty();
      set(context, Map.of(GREETER + "deadlin", "1s"));
      assertThat(refresher.refresh()).isEmpty();

      assertThat(output)
          .contains("all channels keep those before")
          .contains("Value: \"soon\"")
          .contains("deadlin");
      check(HealthGrpc.newBlockingStub(context.getBean(ClientConn.class)));
    });
  }

  @Test
  void errorOfACustomizerLeavesItsChannelAndTheOthersChange(CapturedOutput output) {
    AtomicBoolean broken = new AtomicBoolean();
    this.runner
        .withPropertyValues("grpc.client.targets.other.address=" + this.first.address())
        .withBean(ClientConnBuilderCustomizer.class, () -> (target, builder) -> {
          if (broken.get() && target.equals("greeter")) {
            throw new AssertionError("broken customizer");
          }
        })
        .run(context -> {
          broken.set(true);
          set(context, Map.of("grpc.client.defaults.deadline", "10s"));

          assertThat(context.getBean(ClientConnRefresher.class).refresh()).containsExactly("other");

          check(HealthGrpc.newBlockingStub(context.getBean("greeterClientConn", ClientConn.class)));
          assertThat(output).containsOnlyOnce("broken customizer");
        });
  }

  @Test
  void targetThatIsRemovedKeepsItsSettings(CapturedOutput output) {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
        .withInitializer(context -> set(context, Map.of(GREETER + "address", this.first.address())))
        .run(context -> {
          set(context, Map.of());

          context.getBean(ClientConnRefresher.class).refresh();

          check(HealthGrpc.newBlockingStub(context.getBean(ClientConn.class)));
          assertThat(output)
              .containsOnlyOnce("The gRPC target 'greeter' is not configured any more");
        });
  }

  @Test
  void targetThatIsAddedHasAChannelByTheFactory() {
    this.runner.run(context -> {
      set(context, Map.of("grpc.client.targets.late.address", this.second.address()));
      context.getBean(ClientConnRefresher.class).refresh();

      ClientConn late = context.getBean(ClientConnFactory.class).create("late");

      check(HealthGrpc.newBlockingStub(late));
      assertThat(this.second.headers).hasSize(1);
      late.shutdownNow();
    });
  }

  @Test
  void changeOfTheEnvironmentThatSpringCloudReportsIsApplied() {
    this.runner.run(context -> {
      set(context, Map.of(GREETER + "address", this.second.address()));

      context.publishEvent(new EnvironmentChangeEvent(context, Set.of(GREETER + "address")));

      check(HealthGrpc.newBlockingStub(context.getBean(ClientConn.class)));
      assertThat(this.second.headers).hasSize(1);
    });
  }

  @Test
  void withoutSpringCloudTheApplicationRefreshes() {
    this.runner
        .withClassLoader(new FilteredClassLoader(EnvironmentChangeEvent.class))
        .run(context -> assertThat(context)
            .hasSingleBean(ClientConnRefresher.class)
            .doesNotHaveBean(GrpcClientRefreshAutoConfiguration.class));
  }

  @Test
  void refresherOfTheApplicationReplacesOurs() {
    AtomicInteger calls = new AtomicInteger();
    this.runner
        .withBean("own", ClientConnRefresher.class, () -> () -> {
          calls.incrementAndGet();
          return List.of();
        })
        .run(context -> {
          assertThat(context).hasSingleBean(ClientConnRefresher.class);
          context.publishEvent(new EnvironmentChangeEvent(context, Set.of(GREETER + "address")));
          assertThat(calls).hasValue(1);
        });
  }

  @Test
  void channelsOfAnotherFactoryAreNotChanged(CapturedOutput output) {
    this.runner
        .withBean(
            ClientConnFactory.class,
            () -> target -> dev.clientconn.ClientConnBuilder.forTarget(this.first.address())
                .usePlaintext()
                .build())
        .run(context -> {
          ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);
          assertThat(refresher.refresh()).isEmpty();
          assertThat(refresher.refresh()).isEmpty();
          assertThat(output).containsOnlyOnce("has a ClientConnFactory of its own");
        });
  }

  private static void check(HealthBlockingStub stub) {
    assertThat(stub.check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
  }

  /** Replaces the changes so far. */
  private static void set(ConfigurableApplicationContext context, Map<String, Object> changes) {
    context.getEnvironment().getPropertySources().remove("changes");
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("changes", changes));
  }
}
