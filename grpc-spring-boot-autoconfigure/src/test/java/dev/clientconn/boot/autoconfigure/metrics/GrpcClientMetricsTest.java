// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GrpcClientMetricsTest {

  private final Map<String, ClientConn> channels = new ConcurrentHashMap<>();

  private final ClientConnRegistry clients = () -> this.channels;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final GrpcClientMetrics metrics = new GrpcClientMetrics(() -> this.clients);

  @AfterEach
  void shutDown() {
    this.metrics.close();
    this.channels.values().forEach(ClientConn::shutdownNow);
  }

  @Test
  void registryThatThrowsLeavesTheApplicationAndOtherMetersAlone() {
    this.registry.config().meterFilter(new MeterFilter() {
      @Override
      public MeterFilterReply accept(Meter.Id id) {
        if (id.getName().contains("streams")) {
          throw new AssertionError("refused");
        }
        return MeterFilterReply.NEUTRAL;
      }
    });
    this.metrics.bindTo(this.registry);
    TransportListener listener = this.metrics.listenerFor("greeter");

    assertThatCode(() -> listener.streamSlotWaited(WaitOutcome.GRANTED, 5))
        .doesNotThrowAnyException();
    scrape();
    assertThat(this.registry.find("grpc.transport.connections").gauges()).hasSize(5);
    assertThat(this.registry.find("grpc.transport.streams.active").meters()).isEmpty();
  }

  @Test
  void deniedMetersAreNotUpdated() {
    this.registry.config().meterFilter(MeterFilter.deny());
    this.metrics.bindTo(this.registry);

    TransportListener listener = this.metrics.listenerFor("greeter");
    listener.streamSlotWaited(WaitOutcome.GRANTED, 5);
    listener.attemptRepeated(RepeatReason.RETRY);

    assertThat(this.registry.getMeters()).isEmpty();
    this.metrics.remove("greeter");
  }

  @Test
  void targetThatIsRemovedWhileItIsScrapedLeavesNoMeter() {
    this.metrics.bindTo(this.registry);
    this.metrics.listenerFor("greeter");

    for (Meter meter : this.registry.getMeters()) {
      // In the middle of the scrape: what was listed is read on.
      this.metrics.remove("greeter");
      meter.measure().forEach(each -> assertThat(each.getValue()).isNotNaN());
    }

    assertThat(this.registry.getMeters()).isEmpty();
  }

  @Test
  void targetMayComeBack() {
    this.metrics.bindTo(this.registry);
    this.metrics.listenerFor("greeter");
    this.metrics.remove("greeter");
    this.metrics.remove("never there");

    this.metrics.listenerFor("greeter").streamSlotWaited(WaitOutcome.GRANTED, 5);

    assertThat(this.registry
            .get("grpc.transport.streams.pending.time")
            .tag("outcome", "granted")
            .timer()
            .count())
        .isEqualTo(1);
  }

  @Test
  void thousandRefreshesLeaveNoMeterBehind() {
    this.metrics.bindTo(this.registry);
    TransportListener listener = this.metrics.listenerFor("greeter");
    ClientConn channel = builder(listener, 0).build();
    this.channels.put("greeter", channel);
    scrape();
    int meters = this.registry.getMeters().size();

    for (int i = 1; i <= 1000; i++) {
      builder(this.metrics.listenerFor("greeter"), i).applyTo(channel);
    }
    scrape();

    assertThat(this.registry.getMeters()).hasSize(meters);
    this.metrics.close();
    assertThat(this.registry.getMeters()).isEmpty();
  }

  @Test
  void channelThatIsShutDownStillHasValues() {
    this.metrics.bindTo(this.registry);
    ClientConn channel = builder(this.metrics.listenerFor("greeter"), 0).build();
    this.channels.put("greeter", channel);
    channel.shutdownNow();

    scrape();

    assertThat(this.registry.get("grpc.transport.streams.active").gauge().value())
        .isZero();
  }

  @Test
  void listenerOfARegistryMayReadMetersThatAreAdded() {
    this.registry.config().onMeterAdded(meter -> meter.measure().forEach(each -> each.getValue()));
    this.metrics.bindTo(this.registry);
    this.metrics.listenerFor("greeter");

    assertThat(this.registry.find("grpc.transport.connections").gauges()).hasSize(5);
  }

  @Test
  void registryOfChannelsThatFailsKeepsTheLastValues() {
    try (GrpcClientMetrics failing = new GrpcClientMetrics(() -> {
      throw new IllegalStateException("the context is closing");
    })) {
      failing.bindTo(this.registry);
      failing.listenerFor("greeter");

      assertThat(this.registry.get("grpc.transport.streams.active").gauge().value())
          .isZero();
    }
  }

  @Test
  @Timeout(300)
  void scrapeShowsTenThousandOpenStreams() throws InterruptedException {
    this.metrics.bindTo(this.registry);
    try (HealthServer server = HealthServer.start()) {
      ClientConn channel = ClientConnBuilder.forTarget(server.address())
          .usePlaintext()
          .transportListener(this.metrics.listenerFor("greeter"))
          .build();
      this.channels.put("greeter", channel);
      HealthCheckRequest held =
          HealthCheckRequest.newBuilder().setService("held").build();
      for (int i = 0; i < 10_000; i++) {
        HealthGrpc.newFutureStub(channel).check(held);
      }
      for (int i = 0; i < 10_000; i++) {
        assertThat(server.held.poll(2, TimeUnit.MINUTES)).as("call %s", i).isNotNull();
      }

      // The server may have the last call before the event loop has published the number.
      while (this.registry.get("grpc.transport.streams.active").gauge().value() < 10_000) {
        Thread.onSpinWait();
      }
      scrape();

      assertThat(this.registry
              .get("grpc.transport.streams.opened")
              .functionCounter()
              .count())
          .isEqualTo(10_000);
      channel.shutdownNow();
    }
  }

  @Test
  void targetsComeAndGoWhileOtherThreadsScrape() throws InterruptedException {
    this.metrics.bindTo(this.registry);
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread scraper = new Thread(() -> {
      while (!stopped.get()) {
        scrape();
      }
    });
    scraper.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    scraper.start();

    for (int i = 0; i < 200; i++) {
      this.metrics.listenerFor("greeter").streamSlotWaited(WaitOutcome.GRANTED, 5);
      this.metrics.remove("greeter");
    }
    stopped.set(true);
    scraper.join();

    assertThat(failure.get()).isNull();
    assertThat(this.registry.getMeters()).isEmpty();
  }

  @Test
  void meterOfRemovedTargetIsReadAfterGarbageCollection() {
    this.metrics.bindTo(this.registry);
    this.metrics.listenerFor("greeter");
    List<Meter> readByScrape = this.registry.getMeters();

    this.metrics.remove("greeter");
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    while (garbage.get() != null) {
      System.gc();
    }

    assertThat(readByScrape).isNotEmpty();
    readByScrape.forEach(
        meter -> meter.measure().forEach(each -> assertThat(each.getValue()).isNotNaN()));
  }

  private static ClientConnBuilder builder(TransportListener listener, int number) {
    return ClientConnBuilder.forTarget("localhost:" + (1 + number))
        .usePlaintext()
        .transportListener(listener);
  }

  private void scrape() {
    scrape(this.registry);
  }

  static void scrape(MeterRegistry registry) {
    registry
        .getMeters()
        .forEach(
            meter -> meter.measure().forEach(each -> assertThat(each.getValue()).isNotNaN()));
  }
}
