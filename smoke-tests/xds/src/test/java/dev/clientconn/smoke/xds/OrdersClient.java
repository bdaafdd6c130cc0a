// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.smoke.xds.orders.OrderRequest;
import dev.clientconn.smoke.xds.orders.OrdersGrpc;
import dev.clientconn.smoke.xds.orders.OrdersGrpc.OrdersBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Calls a service by its xDS name. */
final class OrdersClient implements AutoCloseable {
  final ClientConn conn;

  OrdersClient(String service) {
    this.conn = ClientConnBuilder.forTarget("xds:///" + service).usePlaintext().build();
  }

  /** A stub whose calls fail after a time that no call of a test takes. */
  OrdersBlockingStub stub() {
    return OrdersGrpc.newBlockingStub(conn).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** Returns the name of the server that replied. */
  String find() {
    return stub().find(OrderRequest.getDefaultInstance()).getServer();
  }

  /** Returns how the call failed. */
  Status failure() {
    try {
      throw new AssertionError("The call succeeded on " + find());
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  /** Calls so often, and counts the calls of each server. */
  Map<String, Integer> findOften(int times) {
    Map<String, Integer> servers = new TreeMap<>();
    for (int i = 0; i < times; i++) {
      servers.merge(find(), 1, Integer::sum);
    }
    return servers;
  }

  /** Waits for what a control plane or a policy does at a time of its own. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Not within 60 s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    conn.shutdownNow();
    boolean terminated;
    try {
      terminated = conn.awaitTermination(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (!terminated) {
      throw new AssertionError("The channel does not terminate");
    }
  }
}
