// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.clientconn.ClientConn;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;

@Timeout(30)
class ClientConnLifecycleTest {

  private static final HealthCheckRequest HELD =
      HealthCheckRequest.newBuilder().setService("held").build();

  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @AfterEach
  void stopServer() {
    this.server.close();
  }

  @Test
  void callInFlightFinishesWithinTheGracePeriod() {
    this.runner.run(context -> {
      ClientConn channel = context.getBean(ClientConn.class);
      ListenableFuture<HealthCheckResponse> call = call(channel);
      StreamObserver<HealthCheckResponse> held = this.server.held.take();
      CountDownLatch stopped = new CountDownLatch(1);

      context.getBean(ClientConnLifecycle.class).stop(stopped::countDown);

      assertThat(stopped.getCount()).isEqualTo(1);
      assertThat(channel.isShutdown()).isTrue();
      assertThat(channel.isTerminated()).isFalse();
      assertNewCallFails(channel);
      held.onNext(HealthServer.serving());
      held.onCompleted();
      assertThat(call.get()).isEqualTo(HealthServer.serving());
      stopped.await();
      assertThat(channel.isTerminated()).isTrue();
    });
  }

  @Test
  void callIsCancelledWhenTheGracePeriodIsOver() {
    this.runner
        .withPropertyValues("grpc.client.defaults.shutdown.grace-period=20ms")
        .run(context -> {
          ListenableFuture<HealthCheckResponse> call = call(context.getBean(ClientConn.class));
          this.server.held.take();
          CountDownLatch stopped = new CountDownLatch(1);

          context.getBean(ClientConnLifecycle.class).stop(stopped::countDown);

          stopped.await();
          assertThatExceptionOfType(ExecutionException.class).isThrownBy(call::get);
          assertThat(context.getBean(ClientConn.class).isTerminated()).isTrue();
        });
  }

  @Test
  void zeroGraceCancelsAtOnceAndAnotherTargetKeepsItsOwn() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.shutdown.grace-period=0",
            "grpc.client.targets.patient.address=" + this.server.address(),
            "grpc.client.targets.patient.shutdown.grace-period=-1")
        .run(context -> {
          ClientConn hasty = context.getBean("greeterClientConn", ClientConn.class);
          ClientConn patient = context.getBean("patientClientConn", ClientConn.class);
          ListenableFuture<HealthCheckResponse> cancelled = call(hasty);
          this.server.held.take();
          ListenableFuture<HealthCheckResponse> finished = call(patient);
          StreamObserver<HealthCheckResponse> held = this.server.held.take();
          CountDownLatch stopped = new CountDownLatch(1);

          context.getBean(ClientConnLifecycle.class).stop(stopped::countDown);

          assertThatExceptionOfType(ExecutionException.class).isThrownBy(cancelled::get);
          assertThat(patient.isTerminated()).isFalse();
          held.onNext(HealthServer.serving());
          held.onCompleted();
          assertThat(finished.get()).isEqualTo(HealthServer.serving());
          stopped.await();
        });
  }

  @Test
  void closingTheContextTerminatesChannelsAndLeavesNoWaiter() {
    ClientConn[] channel = new ClientConn[1];
    this.runner.run(context -> {
      channel[0] = context.getBean(ClientConn.class);
      HealthGrpc.newBlockingStub(channel[0]).check(HealthCheckRequest.getDefaultInstance());
    });

    assertThat(channel[0].isTerminated()).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("grpc-client-shutdown");
  }

  @Test
  void contextThatFailsToStartLeavesNoChannelOpen() {
    ClientConn[] channel = new ClientConn[1];
    this.runner
        .withBean(
            "failing",
            Runnable.class,
            () -> {
              throw new IllegalStateException("no");
            },
            definition -> definition.setDependsOn("greeterClientConn"))
        .withInitializer(context -> context
            .getBeanFactory()
            .addBeanPostProcessor(new org.springframework.beans.factory.config.BeanPostProcessor() {
              @Override
              public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof ClientConn made) {
                  channel[0] = made;
                }
                return bean;
              }
            }))
        .run(context -> assertThat(context).hasFailed());

    assertThat(channel[0].isShutdown()).isTrue();
  }

  @Test
  void clientsStopAfterWebServersAndAreNotPaused() {
    this.runner.run(context -> {
      SmartLifecycle lifecycle = context.getBean(ClientConnLifecycle.class);
      assertThat(lifecycle.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE - 3072);
      assertThat(lifecycle.isPauseable()).isFalse();
      assertThat(lifecycle.isRunning()).isTrue();
    });
  }

  @Test
  void unusedChannelsStopOnTheCallersThread() {
    this.runner.run(context -> {
      CompletableFuture<Thread> stopper = new CompletableFuture<>();
      context
          .getBean(ClientConnLifecycle.class)
          .stop(() -> stopper.complete(Thread.currentThread()));
      assertThat(stopper.get(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(context.getBean(ClientConnLifecycle.class).isRunning()).isFalse();
    });
  }

  private static ListenableFuture<HealthCheckResponse> call(ClientConn channel) {
    return HealthGrpc.newFutureStub(channel).check(HELD);
  }

  private static void assertNewCallFails(ClientConn channel) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() ->
            HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }
}
