// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static dev.clientconn.smoke.xds.Mesh.millis;
import static dev.clientconn.smoke.xds.Mesh.route;
import static dev.clientconn.smoke.xds.Mesh.toCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt32Value;
import dev.clientconn.smoke.xds.orders.OrderRequest;
import dev.clientconn.smoke.xds.orders.OrdersGrpc.OrdersBlockingStub;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction.MaxStreamDuration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Routes that a control plane sends: by path, header and weight, with timeouts and retries. */
class RoutingTest extends MeshTest {
  @Test
  void callsGoToTheServersOfTheClusterInTurn() throws Exception {
    try (OrdersClient client = client(Mesh.of("orders", red, blue))) {
      OrdersClient.await("both are connected", () -> client.findOften(2).size() == 2);

      assertThat(client.findOften(10)).containsOnly(Map.entry("red", 5), Map.entry("blue", 5));
    }
  }

  @Test
  void pathSelectsTheCluster() throws Exception {
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPath("/orders.Orders/Cancel"),
                action -> action.setCluster("cancels")),
            toCluster("finds"))
        .cluster("cancels", red)
        .cluster("finds", blue);
    try (OrdersClient client = client(mesh)) {
      assertThat(client.find()).isEqualTo("blue");
      assertThat(client.stub().cancel(OrderRequest.getDefaultInstance()).getServer())
          .isEqualTo("red");
    }
  }

  @Test
  void headerSelectsTheCluster() throws Exception {
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder()
                    .setPrefix("")
                    .addHeaders(HeaderMatcher.newBuilder()
                        .setName("tenant")
                        .setStringMatch(StringMatcher.newBuilder().setExact("large"))),
                action -> action.setCluster("large")),
            toCluster("others"))
        .cluster("large", red)
        .cluster("others", blue);
    Metadata tenant = new Metadata();
    tenant.put(Metadata.Key.of("tenant", Metadata.ASCII_STRING_MARSHALLER), "large");
    try (OrdersClient client = client(mesh)) {
      OrdersBlockingStub large =
          client.stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(tenant));

      assertThat(client.find()).isEqualTo("blue");
      assertThat(large.find(OrderRequest.getDefaultInstance()).getServer()).isEqualTo("red");
    }
  }

  @Test
  void weightsSplitTheCalls() throws Exception {
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPrefix(""),
                action -> action.setWeightedClusters(WeightedCluster.newBuilder()
                    .addClusters(weight("old", 75))
                    .addClusters(weight("new", 25)))))
        .cluster("old", red)
        .cluster("new", blue);
    try (OrdersClient client = client(mesh)) {
      Map<String, Integer> servers = client.findOften(100);

      // More than six standard deviations, 4.3 each: 100 draws with a chance of 1 in 4.
      assertThat(servers.getOrDefault("blue", 0)).isBetween(1, 52);
    }
  }

  private static ClusterWeight.Builder weight(String cluster, int weight) {
    return ClusterWeight.newBuilder().setName(cluster).setWeight(UInt32Value.of(weight));
  }

  @Test
  void timeoutOfTheRouteEndsTheCall() throws Exception {
    red.silent = true;
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPrefix(""),
                action -> action
                    .setCluster("orders")
                    .setMaxStreamDuration(
                        MaxStreamDuration.newBuilder().setMaxStreamDuration(millis(200)))))
        .cluster("orders", red);
    try (OrdersClient client = client(mesh)) {
      assertThat(client.failure().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void retriesOfTheRouteReplaceFailedAttempts() throws Exception {
    red.failures.set(2);
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPrefix(""),
                action -> action
                    .setCluster("orders")
                    .setRetryPolicy(RetryPolicy.newBuilder()
                        .setRetryOn("unavailable")
                        .setNumRetries(UInt32Value.of(2))
                        .setRetryBackOff(RetryPolicy.RetryBackOff.newBuilder()
                            .setBaseInterval(millis(10))
                            .setMaxInterval(millis(20))))))
        .cluster("orders", red);
    try (OrdersClient client = client(mesh)) {
      assertThat(client.find()).isEqualTo("red");
      assertThat(red.calls).hasValue(3);
    }
  }

  @Test
  void callWithoutARouteFailsWithTheReason() throws Exception {
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPath("/orders.Orders/Cancel"),
                action -> action.setCluster("orders")))
        .cluster("orders", red);
    try (OrdersClient client = client(mesh)) {
      assertThat(client.failure().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(client.failure().getDescription()).contains("Could not find xDS route");
    }
  }

  @Test
  void channelFindsItsServersAgainAfterItWasIdle() throws Exception {
    try (OrdersClient client = client(Mesh.of("orders", red))) {
      assertThat(client.find()).isEqualTo("red");
      client.conn.enterIdle();

      assertThat(client.find()).isEqualTo("red");
    }
  }
}
