// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import dev.clientconn.smoke.xds.orders.OrderReply;
import dev.clientconn.smoke.xds.orders.OrderRequest;
import dev.clientconn.smoke.xds.orders.OrdersGrpc.OrdersImplBase;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.services.CallMetricRecorder;
import io.grpc.services.MetricRecorder;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.orca.OrcaMetricReportingServerInterceptor;
import io.grpc.xds.orca.OrcaServiceImpl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves orders on a port of its own, and replies with its name. */
final class Backend extends OrdersImplBase implements AutoCloseable {
  final String name;
  final AtomicInteger calls = new AtomicInteger();

  /** The next calls, as many as this, fail with UNAVAILABLE. */
  final AtomicInteger failures = new AtomicInteger();

  /** Whether calls get no reply. */
  volatile boolean silent;

  /** What the server reports of its CPU with each call, 0 for no report. */
  volatile double utilization;

  /** What the server reports out of band. */
  final MetricRecorder load = MetricRecorder.newInstance();

  private final Server server;

  private Backend(String name) throws IOException {
    this.name = name;
    this.server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(this)
        .addService(loadReports())
        .intercept(OrcaMetricReportingServerInterceptor.getInstance())
        .build()
        .start();
  }

  /** Streams the same load again and again, as ORCA's reports out of band. */
  private BindableService loadReports() {
    return OrcaServiceImpl.createService(
        Executors.newSingleThreadScheduledExecutor(task -> {
          Thread thread = new Thread(task, "load reports of " + name);
          thread.setDaemon(true);
          return thread;
        }),
        load,
        50,
        TimeUnit.MILLISECONDS);
  }

  static Backend start(String name) throws IOException {
    return new Backend(name);
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void find(OrderRequest request, StreamObserver<OrderReply> responses) {
    reply(responses);
  }

  @Override
  public void cancel(OrderRequest request, StreamObserver<OrderReply> responses) {
    reply(responses);
  }

  private void reply(StreamObserver<OrderReply> responses) {
    calls.incrementAndGet();
    if (utilization > 0) {
      CallMetricRecorder.getCurrent().recordQpsMetric(100).recordCpuUtilizationMetric(utilization);
    }
    if (silent) {
      return;
    }
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      responses.onError(Status.UNAVAILABLE.withDescription(name + " fails").asException());
      return;
    }
    responses.onNext(OrderReply.newBuilder().setServer(name).build());
    responses.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
