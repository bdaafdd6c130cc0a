// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import java.util.List;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Ends a request that cannot be fulfilled. */
final class ClientProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int BAD_REQUEST = 400;

  private static final int CONFLICT = 409;

  private final int status;

  private final transient ClientProblem problem;

  private ClientProblemException(int status, ClientProblem problem) {
    super(problem.message());
    this.status = status;
    this.problem = problem;
  }

  /** There is no channel of the name. */
  static ClientProblemException unknown(String message, List<String> clients) {
    return new ClientProblemException(
        WebEndpointResponse.STATUS_NOT_FOUND, new ClientProblem(message, clients));
  }

  /** A parameter has a value that it cannot have. */
  static ClientProblemException invalid(String message) {
    return new ClientProblemException(BAD_REQUEST, new ClientProblem(message, null));
  }

  /** The state of the channel does not allow it. */
  static ClientProblemException conflict(String message) {
    return new ClientProblemException(CONFLICT, new ClientProblem(message, null));
  }

  /** Returns the status of the response over HTTP. */
  int status() {
    return this.status;
  }

  ClientProblem problem() {
    return this.problem;
  }
}
