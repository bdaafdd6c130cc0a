// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.StreamList;
import dev.clientconn.boot.autoconfigure.actuator.GrpcClientsEndpoint.BegunOperation;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.EndpointJmxExtension;

/** Shows single channels, and operates on them, over JMX, where each user is authorized. */
@EndpointJmxExtension(endpoint = GrpcClientsEndpoint.class)
public class GrpcClientsEndpointJmxExtension {

  private final GrpcClientsEndpoint endpoint;

  private final boolean showSecrets;

  GrpcClientsEndpointJmxExtension(GrpcClientsEndpoint endpoint, Show showValues) {
    this.endpoint = endpoint;
    this.showSecrets = showValues.isShown(true);
  }

  /**
   * Describes a channel.
   *
   * @param name the name of the channel
   * @return the description, without streams
   */
  @ReadOperation
  public ClientDescription client(String name) {
    return respond(() -> this.endpoint.client(name, null, this.showSecrets));
  }

  /**
   * Lists open streams of a channel.
   *
   * @param name the name of the channel
   * @param offset how many streams to leave out at the beginning; null for none
   * @param limit how many streams to list at most; null for the default
   * @return the streams
   */
  @ReadOperation
  public @Nullable StreamList streams(
      String name, @Nullable Integer offset, @Nullable Integer limit) {
    return respond(() -> this.endpoint.client(name, StreamPage.of(offset, limit), false))
        .streams();
  }

  /**
   * Begins an operation on a channel, and does not wait for its end.
   *
   * @param name the name of the channel
   * @param operation {@code reset-backoff} or {@code drain}
   * @return the operation
   */
  @WriteOperation
  public BegunOperation operate(String name, String operation) {
    return respond(() -> this.endpoint.begin(name, operation));
  }

  private static <T> T respond(Supplier<T> response) {
    try {
      return response.get();
    } catch (ClientProblemException failed) {
      String message = failed.problem().message();
      throw new InvalidEndpointRequestException(message, message, failed);
    }
  }
}
