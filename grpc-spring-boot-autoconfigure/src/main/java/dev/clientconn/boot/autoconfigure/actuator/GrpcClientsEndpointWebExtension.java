// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** Shows single channels, and operates on them, over HTTP. */
@EndpointWebExtension(endpoint = GrpcClientsEndpoint.class)
public class GrpcClientsEndpointWebExtension {

  private final GrpcClientsEndpoint endpoint;

  private final Show showValues;

  private final Set<String> roles;

  GrpcClientsEndpointWebExtension(
      GrpcClientsEndpoint endpoint, Show showValues, Set<String> roles) {
    this.endpoint = endpoint;
    this.showValues = showValues;
    this.roles = roles;
  }

  /**
   * Describes a channel.
   *
   * @param securityContext the user
   * @param name the segments of the path that are the name: an address has slashes
   * @param streams whether to list the open streams
   * @param offset how many streams to leave out at the beginning
   * @param limit how many streams to list at most
   * @return the description; status 404 if there is no such channel
   */
  @ReadOperation
  public WebEndpointResponse<OperationResponseBody> client(
      SecurityContext securityContext,
      @Selector(match = Match.ALL_REMAINING) String[] name,
      @Nullable Boolean streams,
      @Nullable Integer offset,
      @Nullable Integer limit) {
    boolean showSecrets = this.showValues.isShown(securityContext, this.roles);
    return respond(() -> this.endpoint.client(
        String.join("/", name),
        Boolean.TRUE.equals(streams) ? StreamPage.of(offset, limit) : null,
        showSecrets));
  }

  /**
   * Begins an operation on a channel, and does not wait for its end.
   *
   * @param name the segments of the path that are the name
   * @param operation {@code reset-backoff} or {@code drain}
   * @return the operation; status 404 if there is no such channel, 409 if it was shut down
   */
  @WriteOperation
  public WebEndpointResponse<OperationResponseBody> operate(
      @Selector(match = Match.ALL_REMAINING) String[] name, String operation) {
    return respond(() -> this.endpoint.begin(String.join("/", name), operation));
  }

  private static WebEndpointResponse<OperationResponseBody> respond(
      Supplier<OperationResponseBody> body) {
    try {
      return new WebEndpointResponse<>(body.get());
    } catch (ClientProblemException failed) {
      return new WebEndpointResponse<>(failed.problem(), failed.status());
    }
  }
}
