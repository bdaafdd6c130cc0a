// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Prints what is wrong with the configuration of gRPC clients, and the lines to write. */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class GrpcClientFailureAnalyzer
    extends AbstractFailureAnalyzer<GrpcClientConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, GrpcClientConfigurationException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
  }
}
