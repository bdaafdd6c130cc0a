// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Starts the meters of each channel that becomes a bean, whoever made it. */
record ClientConnMetricsPostProcessor(ObjectProvider<GrpcClientMetrics> metrics, ObjectProvider<ClientConnRegistry> clients)
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
