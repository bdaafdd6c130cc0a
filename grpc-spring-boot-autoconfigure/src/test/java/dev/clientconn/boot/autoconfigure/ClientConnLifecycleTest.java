// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

@Timeout(120)
class ClientConnLifecycleTest {

  private static final HealthCheckRequest HELD =
      HealthCheckRequest.newBuilder().setService("held").build();

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

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
  void channelWhoseBeanIsNotDestroyedIsShutDownWithTheContext() {
    List<ClientConn> made = new CopyOnWriteArrayList<>();
    this.runner
        .withBean(
            "own",
            ClientConn.class,
            () -> {
              ClientConn channel =
                  ClientConnBuilder.forTarget(this.server.address()).build();
              made.add(channel);
              return channel;
            },
            definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
        .run(context -> context.getBean("own"));

    assertThat(made)
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.isTerminated()).isTrue());
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
  void closingTheContextTerminatesChannelsAndLeavesNoWaiter() throws InterruptedException {
    ClientConn[] channel = new ClientConn[1];
    this.runner.run(context -> {
      channel[0] = context.getBean(ClientConn.class);
      HealthGrpc.newBlockingStub(channel[0]).check(HealthCheckRequest.getDefaultInstance());
    });

    assertThat(channel[0].isTerminated()).isTrue();
    // The waiter lets the context close with its last step, and may end a moment later.
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("grpc-client-shutdown")) {
        thread.join();
      }
    }
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
  void clientsStopAfterWebServers() {
    this.runner.run(context -> {
      SmartLifecycle lifecycle = context.getBean(ClientConnLifecycle.class);
      assertThat(lifecycle.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE - 3072);
      assertThat(lifecycle.isRunning()).isTrue();
    });
  }

  @Test
  void channelsComeBackWhenAStoppedContextIsStarted() {
    this.runner.run(context -> {
      ClientConn channel = context.getBean(ClientConn.class);
      HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(channel);
      for (int i = 0; i < 3; i++) {
        stub.check(HealthCheckRequest.getDefaultInstance());
        context.stop();
        assertThat(channel.isTerminated()).isTrue();
        assertNewCallFails(channel);
        context.start();
      }
      stub.check(HealthCheckRequest.getDefaultInstance());
      assertThat(this.server.headers).hasSize(4);
    });
  }

  @Test
  void channelsComeBackWhenAPausedContextIsRestarted() {
    this.runner.run(context -> {
      ClientConn channel = context.getBean(ClientConn.class);
      context.pause();
      assertThat(channel.isShutdown()).isTrue();

      context.restart();

      HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    });
  }

  @Test
  void startEndsTheCallsThatTheStopHasLeft() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.shutdown.grace-period=-1")
        .run(context -> {
          ClientConn channel = context.getBean(ClientConn.class);
          ClientConnLifecycle lifecycle = context.getBean(ClientConnLifecycle.class);
          ListenableFuture<HealthCheckResponse> left = call(channel);
          this.server.held.take();
          CountDownLatch stopped = new CountDownLatch(1);
          lifecycle.stop(stopped::countDown);

          lifecycle.start();

          assertThatExceptionOfType(ExecutionException.class).isThrownBy(left::get);
          stopped.await();
          HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        });
  }

  @Test
  void propertiesThatHaveChangedSinceTheStopAreUsedAfterTheStart() {
    HealthServer other = HealthServer.start();
    this.runner.run(context -> {
      context.stop();
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource(
              "changes", Map.of("grpc.client.targets.greeter.address", other.address())));
      context.start();

      HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
          .check(HealthCheckRequest.getDefaultInstance());
      assertThat(other.headers).hasSize(1);
    });
    other.close();
  }

  @Test
  void callsInPreDestroyAndInBeansThatStopLaterWork() {
    List<HealthCheckResponse> responses = new CopyOnWriteArrayList<>();
    ClientConn[] channel = new ClientConn[1];
    this.runner
        .withBean(LateCaller.class, responses)
        .withBean(StoppedLate.class, responses, new AtomicBoolean())
        .run(context -> channel[0] = context.getBean(ClientConn.class));

    assertThat(responses).hasSize(2);
    assertThat(channel[0].isTerminated()).isTrue();
  }

  @Test
  void callsInPreDestroyWorkAfterCallsWereCancelled() {
    List<HealthCheckResponse> responses = new CopyOnWriteArrayList<>();
    List<ListenableFuture<HealthCheckResponse>> held = new CopyOnWriteArrayList<>();
    this.runner
        .withPropertyValues("grpc.client.defaults.shutdown.grace-period=0")
        .withBean(LateCaller.class, responses)
        .run(context -> {
          held.add(call(context.getBean(ClientConn.class)));
          this.server.held.take();
        });

    assertThatExceptionOfType(ExecutionException.class).isThrownBy(held.get(0)::get);
    assertThat(responses).hasSize(1);
  }

  @Test
  void devtoolsDoNotWaitForCalls() throws IOException {
    Properties devtools =
        PropertiesLoaderUtils.loadAllProperties("META-INF/spring-devtools.properties");
    String key = "defaults.grpc.client.defaults.shutdown.grace-period";

    assertThat(devtools.getProperty(key)).isEqualTo("0s");
    this.runner
        .withPropertyValues(key.replaceFirst("defaults.", "") + "=" + devtools.getProperty(key))
        .run(context -> assertThat(context.getBean(InheritedSettings.class).gracePeriod("greeter"))
            .isZero());
  }

  private record LateCaller(ClientConn channel, List<HealthCheckResponse> responses)
      implements DisposableBean {
    @Override
    public void destroy() {
      this.responses.add(
          HealthGrpc.newBlockingStub(this.channel).check(HealthCheckRequest.getDefaultInstance()));
    }
  }

  private record StoppedLate(
      ClientConn channel, List<HealthCheckResponse> responses, AtomicBoolean running)
      implements SmartLifecycle {

    @Override
    public int getPhase() {
      return 0;
    }

    @Override
    public void start() {
      this.running.set(true);
    }

    @Override
    public void stop() {
      this.running.set(false);
      this.responses.add(
          HealthGrpc.newBlockingStub(this.channel).check(HealthCheckRequest.getDefaultInstance()));
    }

    @Override
    public boolean isRunning() {
      return this.running.get();
    }
  }

  @Test
  void unusedChannelsStopOnTheCallersThread() {
    this.runner.run(context -> {
      CompletableFuture<Thread> stopper = new CompletableFuture<>();
      context
          .getBean(ClientConnLifecycle.class)
          .stop(() -> stopper.complete(Thread.currentThread()));
      assertThat(stopper.get(60, TimeUnit.SECONDS)).isNotNull();
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
