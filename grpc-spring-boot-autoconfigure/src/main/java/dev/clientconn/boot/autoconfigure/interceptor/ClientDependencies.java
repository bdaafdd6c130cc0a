// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * Finds out whether an interceptor calls the target that it would intercept: a client of the target
 * was injected into it, or into a bean that was injected into it. Its calls would pass through
 * itself, without an end.
 */
final class ClientDependencies {

  private static final Log logger = LogFactory.getLog(ClientDependencies.class);

  private final ConfigurableBeanFactory beans;

  private final String channelBean;

  private final String target;

  ClientDependencies(ConfigurableBeanFactory beans, String channelBean, String target) {
    this.beans = beans;
    this.channelBean = channelBean;
    this.target = target;
  }

  /** Whether a bean that has been created depends on the channel of the target. */
  boolean hasChannel(String interceptor) {
    Set<String> seen = new HashSet<>(List.of(interceptor));
    Deque<String> unvisited = new ArrayDeque<>(seen);
    while (!unvisited.isEmpty()) {
      for (String dependency : this.beans.getDependenciesForBean(unvisited.remove())) {
        if (dependency.equals(this.channelBean)) {
          logger.info(
              "The interceptor '%s' is not applied to the gRPC target '%s', whose client it uses."
                      .formatted(interceptor, this.target)
                  + " To apply it nevertheless, list it in grpc.client.targets.%s.interceptors."
                      .formatted(this.target));
          return true;
        }
        if (seen.add(dependency)) {
          unvisited.add(dependency);
        }
      }
    }
    return false;
  }
}
