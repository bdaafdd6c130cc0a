// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Registers the meters of every channel bean, including those that the application defines itself.
 */
record ClientConnMetricsPostProcessor(
    ObjectProvider<GrpcClientMetrics> metrics, ObjectProvider<ClientConnRegistry> clients)
    implements BeanPostProcessor {

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof ClientConn) {
      this.clients.getObject().channels().forEach((target, channel) -> {
        if (channel == bean) {
          this.metrics.getObject().listenerFor(target);
        }
      });
    }
    return bean;
  }
}
