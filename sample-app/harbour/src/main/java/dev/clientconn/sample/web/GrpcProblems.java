// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Maps a failed gRPC call to an HTTP response with problem details (RFC 9457). */
@RestControllerAdvice
class GrpcProblems {

  @ExceptionHandler
  ProblemDetail callFailed(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    ProblemDetail problem = ProblemDetail.forStatus(httpStatus(status.getCode()));
    problem.setDetail(status.getDescription());
    problem.setProperty("grpcStatus", status.getCode().name());
    return problem;
  }

  private static HttpStatus httpStatus(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> HttpStatus.BAD_REQUEST;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
      case UNAVAILABLE, RESOURCE_EXHAUSTED -> HttpStatus.SERVICE_UNAVAILABLE;
      default -> HttpStatus.BAD_GATEWAY;
    };
  }
}
