// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import io.grpc.EquivalentAddressGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Converts the instances of a service into addresses of gRPC servers. The port is that of the
 * metadata key {@code gRPC_port}, as in the starter of net.devh, or else that of the instance. An
 * instance without a usable port or with an unknown host is left out.
 *
 * @param groups an address group for each server
 * @param problems why instances were left out
 * @param serviceConfig the service config of the first instance that has one, as JSON
 */
record InstanceAddresses(
    List<EquivalentAddressGroup> groups,
    List<String> problems,
    @Nullable String serviceConfig) {

  private static final List<String> PORT_KEYS = List.of("gRPC_port", "gRPC.port");

  private static final String SERVICE_CONFIG_KEY = "gRPC_service_config";

  private static final int MAX_PORT = 65_535;

  /** Converts instances; it looks host names up, which may block. */
  static InstanceAddresses of(List<ServiceInstance> instances) {
    Map<String, EquivalentAddressGroup> groups = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    String serviceConfig = null;
    for (ServiceInstance instance : instances) {
      Map<String, String> metadata =
          instance.getMetadata() == null ? Map.of() : instance.getMetadata();
      String host = instance.getHost();
      try {
        int port = port(instance, metadata);
        // A registry may list an instance more than once.
        if (!groups.containsKey(host + ":" + port)) {
          groups.put(host + ":" + port, group(host, port));
        }
      } catch (UnknownHostException | IllegalArgumentException unusable) {
        problems.add("%s: %s".formatted(instance.getInstanceId(), unusable.getMessage()));
      }
      String config = metadata.get(SERVICE_CONFIG_KEY);
      if (serviceConfig == null && config != null && !config.isBlank()) {
        serviceConfig = config;
      }
    }
    return new InstanceAddresses(List.copyOf(groups.values()), problems, serviceConfig);
  }

  private static int port(ServiceInstance instance, Map<String, String> metadata) {
    for (String key : PORT_KEYS) {
      String text = metadata.get(key);
      if (text != null) {
        if (!text.strip().matches("\\d{1,5}")) {
          throw new IllegalArgumentException(
              "its metadata %s is not a port: '%s'".formatted(key, text));
        }
        return checked(Integer.parseInt(text.strip()));
      }
    }
    return checked(instance.getPort());
  }

  private static int checked(int port) {
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("the port %d does not exist".formatted(port));
    }
    return port;
  }

  private static EquivalentAddressGroup group(@Nullable String host, int port)
      throws UnknownHostException {
    if (host == null || host.isBlank()) {
      throw new IllegalArgumentException("it has no host");
    }
    List<SocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : InetAddress.getAllByName(host)) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return new EquivalentAddressGroup(addresses);
  }
}
