// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Shows the channels of the application: their connections, streams, configuration and
 * interceptors. Operations that change something need the access {@code unrestricted}.
 */
@Endpoint(id = "grpcclients", defaultAccess = Access.READ_ONLY)
public class GrpcClientsEndpoint {

  private final ClientLookup clients;

  private final ClientConfigurations configurations;

  private final InterceptorBeans interceptors;

  GrpcClientsEndpoint(
      ClientLookup clients, ClientConfigurations configurations, InterceptorBeans interceptors) {
    this.clients = clients;
    this.configurations = configurations;
    this.interceptors = interceptors;
  }

  /**
   * Describes all channels.
   *
   * @param clients the channels by name
   */
  public record ClientList(Map<String, ClientSummary> clients) implements OperationResponseBody {}

  /**
   * Describes an operation that has begun.
   *
   * @param client the name of the channel
   * @param operation the operation
   */
  public record BegunOperation(String client, String operation) implements OperationResponseBody {}

  /**
   * Describes all channels.
   *
   * @return a short description of each channel, by name
   */
  @ReadOperation
  public ClientList clients() {
    Map<String, ClientSummary> summaries = new TreeMap<>();
    this.clients
        .all()
        .forEach((name, channel) -> summaries.put(name, ClientSummary.of(channel.snapshot())));
    return new ClientList(summaries);
  }

  /**
   * Describes a channel.
   *
   * @param name the name of the channel, or of its target in another spelling
   * @param page which streams to list; null for none
   * @param showSecrets whether the user may see passwords, tokens and metadata
   * @throws ClientProblemException if there is no such channel
   */
  ClientDescription client(String name, @Nullable StreamPage page, boolean showSecrets) {
    Map.Entry<String, ClientConn> client = this.clients.find(name);
    ClientConn channel = client.getValue();
    ClientDescription.Configuration configuration =
        this.configurations.of(client.getKey(), channel, showSecrets);
    String target = configuration == null ? client.getKey() : configuration.target();
    return new ClientDescription(
        client.getKey(),
        SnapshotTree.of(channel.snapshot()),
        configuration,
        this.interceptors.describe(target),
        page == null ? null : page.read(channel));
  }

  /**
   * Begins an operation on a channel, and does not wait for its end.
   *
   * @throws ClientProblemException if there is no such channel or operation, or the channel was
   *     shut down
   */
  BegunOperation begin(String name, String operation) {
    ClientOperation known = ClientOperation.of(operation);
    Map.Entry<String, ClientConn> client = this.clients.find(name);
    if (client.getValue().isShutdown()) {
      throw ClientProblemException.conflict(
          "The gRPC client '%s' was shut down.".formatted(client.getKey()));
    }
    known.begin(client.getValue());
    return new BegunOperation(client.getKey(), known.id());
  }
}
