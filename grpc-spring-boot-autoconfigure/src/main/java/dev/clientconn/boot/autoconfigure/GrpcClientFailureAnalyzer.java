// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Reports an invalid configuration of gRPC clients with the lines that correct it. */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class GrpcClientFailureAnalyzer
    extends AbstractFailureAnalyzer<GrpcClientConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, GrpcClientConfigurationException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.getAction(), cause);
  }
}
