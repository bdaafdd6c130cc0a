// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Collects the resources that a control plane serves: LDS, RDS, CDS and EDS. */
final class Mesh {
  private static final ConfigSource ADS = ConfigSource.newBuilder()
      .setAds(AggregatedConfigSource.getDefaultInstance())
      .build();

  private final List<Listener> listeners = new ArrayList<>();
  private final List<RouteConfiguration> routes = new ArrayList<>();
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<ClusterLoadAssignment> endpoints = new ArrayList<>();

  /** A service whose calls all go to one cluster of these servers, in turn. */
  static Mesh of(String service, Backend... backends) {
    return new Mesh().service(service, toCluster(service)).cluster(service, backends);
  }

  /** Adds a listener of this name, and its routes. */
  Mesh service(String name, Route... routesInOrder) {
    HttpConnectionManager manager = HttpConnectionManager.newBuilder()
        .setRds(Rds.newBuilder().setRouteConfigName(name).setConfigSource(ADS))
        .addHttpFilters(HttpFilter.newBuilder()
            .setName("router")
            .setTypedConfig(Any.pack(Router.getDefaultInstance())))
        .build();
    listeners.add(Listener.newBuilder()
        .setName(name)
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
        .build());
    routes.add(RouteConfiguration.newBuilder()
        .setName(name)
        .addVirtualHosts(VirtualHost.newBuilder()
            .setName(name)
            .addDomains("*")
            .addAllRoutes(Arrays.asList(routesInOrder)))
        .build());
    return this;
  }

  /** Adds a listener that no client can use. */
  Mesh brokenService(String name) {
    listeners.add(Listener.newBuilder()
        .setName(name)
        .setApiListener(ApiListener.newBuilder()
            .setApiListener(Any.newBuilder()
                .setTypeUrl("type.googleapis.com/envoy.extensions.filters.network"
                    + ".http_connection_manager.v3.HttpConnectionManager")
                .setValue(ByteString.copyFromUtf8("\u0001garbage"))))
        .build());
    return this;
  }

  static Route toCluster(String cluster) {
    return route(RouteMatch.newBuilder().setPrefix(""), action -> action.setCluster(cluster));
  }

  static Route route(RouteMatch.Builder match, Consumer<RouteAction.Builder> action) {
    RouteAction.Builder builder = RouteAction.newBuilder();
    action.accept(builder);
    return Route.newBuilder().setMatch(match).setRoute(builder).build();
  }

  /** Adds a cluster whose servers are called in turn. */
  Mesh cluster(String name, Backend... backends) {
    return cluster(name, cluster -> cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN), backends);
  }

  Mesh cluster(String name, Consumer<Cluster.Builder> policy, Backend... backends) {
    return cluster(name, policy, Stream.of(backends).mapToInt(Backend::port).toArray());
  }

  /** Adds a cluster of servers at these ports, which need not be there. */
  Mesh cluster(String name, Consumer<Cluster.Builder> policy, int... ports) {
    Cluster.Builder cluster = Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS));
    policy.accept(cluster);
    clusters.add(cluster.build());
    endpoints.add(assignment(name, ports));
    return this;
  }

  private static ClusterLoadAssignment assignment(String cluster, int... ports) {
    LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder()
        .setLocality(Locality.newBuilder().setZone("a"))
        .setLoadBalancingWeight(UInt32Value.of(1));
    for (int port : ports) {
      locality.addLbEndpoints(LbEndpoint.newBuilder()
          .setEndpoint(Endpoint.newBuilder()
              .setAddress(Address.newBuilder()
                  .setSocketAddress(
                      SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port)))));
    }
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster)
        .addEndpoints(locality)
        .build();
  }

  static Duration millis(int millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos(millis % 1000 * 1_000_000)
        .build();
  }

  Snapshot snapshot(String version) {
    return Snapshot.create(clusters, endpoints, listeners, routes, List.of(), version);
  }
}
