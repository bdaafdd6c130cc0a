// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.testing.ByteMethods;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures what more connections bring where the server limits the streams of each to 100: prints
 * the throughput with 1, 2, 4 and 8, and the time of 500 long calls with 5. Asserts on the calls
 * only, not on the time.
 */
@EnabledIfSystemProperty(named = "scaling.figures", matches = ".*")
@Timeout(300)
class ConnectionScalingFiguresTest {
  private static final int LIMIT = 100;
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("test.Scaling/Call");

  private final ScheduledExecutorService serverThreads = Executors.newScheduledThreadPool(2);
  private final AtomicInteger failed = new AtomicInteger();

  @AfterEach
  void stop() {
    serverThreads.shutdownNow();
  }

  private Server server(long millis) throws Exception {
    return NettyServerBuilder.forPort(0)
        .directExecutor()
        .maxConcurrentCallsPerConnection(LIMIT)
        .addService(ServerServiceDefinition.builder("test.Scaling")
            .addMethod(
                METHOD,
                ServerCalls.asyncUnaryCall((request, out) -> serverThreads.schedule(
                    () -> {
                      out.onNext(request);
                      out.onCompleted();
                    },
                    millis,
                    TimeUnit.MILLISECONDS)))
            .build())
        .build()
        .start();
  }

  private static ClientConn channel(Server server, int connections) {
    return ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .directExecutor()
        .maxConnectionsPerAddress(connections)
        .build();
  }

  @Test
  void throughputGrowsWithTheConnections() throws Exception {
    Server server = server(100);
    try {
      double one = 0;
      for (int connections : new int[] {1, 1, 2, 4, 8}) {
        double perSecond = throughput(server, connections, 1_000);
        one = connections == 1 ? perSecond : one;
        System.out.printf(
            Locale.ROOT,
            "connections %d: %.0f calls/s, %.2f times one connection%n",
            connections,
            perSecond,
            perSecond / one);
      }
    } finally {
      server.shutdownNow();
    }
    assertThat(failed.get()).isZero();
  }

  private double throughput(Server server, int connections, int callers) throws Exception {
    ClientConn channel = channel(server, connections);
    long begin = System.nanoTime();
    long measured = begin + TimeUnit.SECONDS.toNanos(2);
    long end = measured + TimeUnit.SECONDS.toNanos(5);
    AtomicInteger done = new AtomicInteger();
    CountDownLatch left = new CountDownLatch(callers);
    for (int i = 0; i < callers; i++) {
      callUntil(channel, measured, end, done, left);
    }
    assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    channel.shutdown();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    return done.get() / 5.0;
  }

  private void callUntil(
      ClientConn channel, long measured, long end, AtomicInteger done, CountDownLatch left) {
    call(channel, () -> {
      long now = System.nanoTime();
      if (now >= measured && now < end) {
        done.incrementAndGet();
      }
      if (now < end) {
        callUntil(channel, measured, end, done, left);
      } else {
        left.countDown();
      }
    });
  }

  @Test
  void longCallsRunAtTheSameTime() throws Exception {
    Server server = server(1_000);
    try {
      for (int round = 0; round < 3; round++) {
        ClientConn channel = channel(server, 5);
        CountDownLatch left = new CountDownLatch(500);
        long begin = System.nanoTime();
        for (int i = 0; i < 500; i++) {
          call(channel, left::countDown);
        }
        long started = System.nanoTime();
        assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
        System.out.printf(
            Locale.ROOT,
            "500 calls of 1 s on %d connections: %.3f s, %.3f s of it to start them%n",
            channel.snapshot().subchannels().get(0).connections().size(),
            (System.nanoTime() - begin) / 1e9,
            (started - begin) / 1e9);
        channel.shutdown();
        assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      server.shutdownNow();
    }
    assertThat(failed.get()).isZero();
  }

  private void call(ClientConn channel, Runnable onEnd) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(METHOD, CallOptions.DEFAULT), new byte[100], new StreamObserver<>() {
          @Override
          public void onNext(byte[] response) {}

          @Override
          public void onError(Throwable thrown) {
            if (failed.getAndIncrement() == 0) {
              System.out.println(Status.fromThrowable(thrown));
            }
            onEnd.run();
          }

          @Override
          public void onCompleted() {
            onEnd.run();
          }
        });
  }
}
