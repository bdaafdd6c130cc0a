// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static dev.clientconn.smoke.xds.Mesh.millis;
import static dev.clientconn.smoke.xds.Mesh.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.clientconn.smoke.xds.orders.OrderReply;
import dev.clientconn.smoke.xds.orders.OrderRequest;
import dev.clientconn.smoke.xds.orders.OrdersGrpc;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy.Policy;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Policies that a control plane chooses for a cluster. */
class PoliciesTest extends MeshTest {
  private Mesh cluster(Consumer<Cluster.Builder> policy) {
    return new Mesh()
        .service("orders", Mesh.toCluster("orders"))
        .cluster("orders", policy, red, blue);
  }

  @Test
  void weightedRoundRobinFollowsTheLoadThatServersReport() throws Exception {
    red.utilization = 0.1;
    blue.utilization = 0.9;
    Mesh mesh = cluster(cluster -> cluster.setLoadBalancingPolicy(policy(WrrLocality.newBuilder()
        .setEndpointPickingPolicy(policy(weightedRoundRobin(false)))
        .build())));
    try (OrdersClient client = client(mesh)) {
      OrdersClient.await("red gets most calls", () -> {
        Map<String, Integer> servers = client.findOften(20);
        return servers.getOrDefault("red", 0) >= 15 && servers.containsKey("blue");
      });
    }
  }

  @Test
  void weightedRoundRobinFollowsTheLoadThatServersReportOutOfBand() throws Exception {
    red.load.setQpsMetric(100);
    red.load.setCpuUtilizationMetric(0.1);
    blue.load.setQpsMetric(100);
    blue.load.setCpuUtilizationMetric(0.9);
    Mesh mesh = cluster(cluster -> cluster.setLoadBalancingPolicy(policy(WrrLocality.newBuilder()
        .setEndpointPickingPolicy(policy(weightedRoundRobin(true)))
        .build())));
    try (OrdersClient client = client(mesh)) {
      OrdersClient.await("red gets most calls", () -> {
        Map<String, Integer> servers = client.findOften(20);
        return servers.getOrDefault("red", 0) >= 15 && servers.containsKey("blue");
      });
    }
  }

  static ClientSideWeightedRoundRobin weightedRoundRobin(boolean outOfBand) {
    return ClientSideWeightedRoundRobin.newBuilder()
        .setEnableOobLoadReport(BoolValue.of(outOfBand))
        .setOobReportingPeriod(millis(100))
        .setBlackoutPeriod(millis(0))
        .setWeightUpdatePeriod(millis(100))
        .build();
  }

  static LoadBalancingPolicy policy(Message config) {
    return LoadBalancingPolicy.newBuilder()
        .addPolicies(Policy.newBuilder()
            .setTypedExtensionConfig(TypedExtensionConfig.newBuilder()
                .setName("policy")
                .setTypedConfig(Any.pack(config))))
        .build();
  }

  @Test
  void leastRequestAvoidsTheServerWhoseCallsHang() throws Exception {
    try (OrdersClient client =
        client(cluster(cluster -> cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)))) {
      // Until then all calls go to one server.
      OrdersClient.await("both are connected", () -> client.findOften(20).size() == 2);
      red.silent = true;
      red.calls.set(0);
      blue.calls.set(0);
      for (int i = 0; i < 100; i++) {
        int hanging = red.calls.get();
        ListenableFuture<OrderReply> call =
            OrdersGrpc.newFutureStub(client.conn).find(OrderRequest.getDefaultInstance());
        OrdersClient.await(
            "a server has the call", () -> call.isDone() || red.calls.get() > hanging);
      }

      // Two servers are drawn for each call: red gets it only if both draws are red, 1 in 4.
      assertThat(red.calls.get()).isLessThan(blue.calls.get());
    }
  }

  @Test
  void ringHashSendsEqualHeadersToOneServer() throws Exception {
    Mesh mesh = new Mesh()
        .service(
            "orders",
            route(
                RouteMatch.newBuilder().setPrefix(""),
                action -> action
                    .setCluster("orders")
                    .addHashPolicy(HashPolicy.newBuilder()
                        .setHeader(HashPolicy.Header.newBuilder().setHeaderName("order-id")))))
        .cluster("orders", cluster -> cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH), red, blue);
    try (OrdersClient client = client(mesh)) {
      Set<String> servers = new HashSet<>();
      for (int order = 0; order < 30; order++) {
        String server = findOrder(client, order);
        servers.add(server);
        assertThat(findOrder(client, order)).isEqualTo(server);
      }

      assertThat(servers).containsExactlyInAnyOrder("red", "blue");
    }
  }

  private static String findOrder(OrdersClient client, int order) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("order-id", Metadata.ASCII_STRING_MARSHALLER), Integer.toString(order));
    return client
        .stub()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .find(OrderRequest.getDefaultInstance())
        .getServer();
  }

  @Test
  void outlierDetectionEjectsTheServerWhoseCallsFail() throws Exception {
    red.failures.set(Integer.MAX_VALUE);
    Mesh mesh = cluster(cluster -> cluster
        .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
        .setOutlierDetection(OutlierDetection.newBuilder()
            // Each server must have a call in an interval: many intervals last longer than both.
            .setInterval(millis(500))
            .setBaseEjectionTime(millis(300_000))
            .setMaxEjectionPercent(UInt32Value.of(50))
            .setFailurePercentageThreshold(UInt32Value.of(50))
            .setEnforcingFailurePercentage(UInt32Value.of(100))
            .setFailurePercentageMinimumHosts(UInt32Value.of(2))
            .setFailurePercentageRequestVolume(UInt32Value.of(1))));
    try (OrdersClient client = client(mesh)) {
      OrdersClient.await("red is ejected", () -> {
        try {
          return client.findOften(10).equals(Map.of("blue", 10));
        } catch (StatusRuntimeException e) {
          return false;
        }
      });

      assertThat(red.calls.get()).isPositive();
      assertThat(client.findOften(10)).isEqualTo(Map.of("blue", 10));
    }
  }
}
