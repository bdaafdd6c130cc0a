// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A control plane that replaces servers, clusters and routes while calls run. */
class EndpointChangesTest {
  private static final int CHANGES = 100;

  private final List<Backend> backends = new ArrayList<>();
  private final List<Throwable> lost = new CopyOnWriteArrayList<>();
  private final AtomicReference<String> last = new AtomicReference<>("");
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> callers = new ArrayList<>();
  /** How many calls of each caller have ended. */
  private final List<AtomicInteger> ended = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    for (String name : List.of("red", "green", "blue")) {
      backends.add(Backend.start(name));
    }
  }

  @AfterEach
  void stop() {
    backends.forEach(Backend::close);
  }

  private void callUntilStopped(OrdersClient client) {
    for (int i = 0; i < 3; i++) {
      AtomicInteger calls = new AtomicInteger();
      ended.add(calls);
      Thread caller = new Thread(() -> {
        while (!stopped.get()) {
          try {
            last.set(client.find());
            // The control plane needs the processors, too.
            TimeUnit.MILLISECONDS.sleep(1);
          } catch (Throwable t) {
            lost.add(t);
          }
          calls.incrementAndGet();
        }
      });
      callers.add(caller);
      caller.start();
    }
  }

  /** Waits until the calls of now have ended: one may be on its way to the old cluster. */
  private void awaitCallsInProgress() throws InterruptedException {
    for (AtomicInteger calls : ended) {
      int before = calls.get();
      OrdersClient.await("a call ends", () -> calls.get() > before);
    }
  }

  private void stopCallers() throws InterruptedException {
    stopped.set(true);
    for (Thread caller : callers) {
      caller.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(caller.isAlive()).isFalse();
    }
  }

  @Test
  void noCallIsLostWhenAllServersAreReplaced() throws Exception {
    ControlPlane.SHARED.serve(Mesh.of("orders", backends.get(0)));
    try (OrdersClient client = new OrdersClient("orders")) {
      callUntilStopped(client);
      for (int i = 1; i <= CHANGES; i++) {
        Backend next = backends.get(i % backends.size());
        ControlPlane.SHARED.serve(Mesh.of("orders", next));
        OrdersClient.await("calls reach " + next.name, () -> next.name.equals(last.get()));
      }
      stopCallers();

      assertThat(lost).isEmpty();
    }
  }

  @Test
  void noCallIsLostWhenTheControlPlaneFlipsBetweenTwoRoutes() throws Exception {
    ControlPlane.SHARED.serve(flipped(0));
    try (OrdersClient client = new OrdersClient("orders")) {
      callUntilStopped(client);
      for (int i = 1; i <= CHANGES; i++) {
        ControlPlane.SHARED.serve(flipped(i));
        // Some flips follow each other faster than the client can.
        if (i % 5 == 0) {
          String name = backends.get(i % 2).name;
          OrdersClient.await("calls reach " + name, () -> name.equals(last.get()));
        }
      }
      stopCallers();

      assertThat(lost).isEmpty();
      assertThat(client.find()).isEqualTo(backends.get(CHANGES % 2).name);
    }
  }

  @Test
  void noCallIsLostWhenClustersComeAndGo() throws Exception {
    ControlPlane.SHARED.serve(single(0));
    try (OrdersClient client = new OrdersClient("orders")) {
      callUntilStopped(client);
      for (int i = 1; i <= CHANGES; i++) {
        // The old cluster leaves after the route: the control plane sends no cluster at all to a
        // client that subscribes to one that is gone, and calls fail when the client gives up.
        ControlPlane.SHARED.serve(
            single(i).cluster("orders-" + (i - 1) % 2, backends.get((i - 1) % 2)));
        String name = backends.get(i % 2).name;
        OrdersClient.await("calls reach " + name, () -> name.equals(last.get()));
        awaitCallsInProgress();
        ControlPlane.SHARED.serve(single(i));
      }
      stopCallers();

      assertThat(lost).isEmpty();
    }
  }

  /** There is one cluster, or the other, and all calls go there. */
  private Mesh single(int i) {
    String cluster = "orders-" + i % 2;
    return new Mesh()
        .service("orders", Mesh.toCluster(cluster))
        .cluster(cluster, backends.get(i % 2));
  }

  /** The route of all calls leads to one cluster or to the other. */
  private Mesh flipped(int i) {
    return new Mesh()
        .service(
            "orders", unused("orders-0"), unused("orders-1"), Mesh.toCluster("orders-" + i % 2))
        .cluster("orders-0", backends.get(0))
        .cluster("orders-1", backends.get(1));
  }

  /** Lets the client keep a cluster that no call is routed to. */
  private static Route unused(String cluster) {
    return Mesh.route(
        RouteMatch.newBuilder().setPath("/none/" + cluster), action -> action.setCluster(cluster));
  }
}
