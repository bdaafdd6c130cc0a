// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Registers the meters of every channel bean, including those that the application defines itself,
 * and removes them when the bean is destroyed.
 */
@CrossesThreads
final class ClientConnMetricsPostProcessor implements DestructionAwareBeanPostProcessor {

  private final ObjectProvider<GrpcClientMetrics> metrics;

  private final ObjectProvider<ClientConnRegistry> clients;

  private final Map<String, Metered> metered = new ConcurrentHashMap<>();

  /** A channel, and what has its meters: looking that up fails while the context closes. */
  private record Metered(ClientConn channel, GrpcClientMetrics metrics) {}

  ClientConnMetricsPostProcessor(
      ObjectProvider<GrpcClientMetrics> metrics, ObjectProvider<ClientConnRegistry> clients) {
    this.metrics = metrics;
    this.clients = clients;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof ClientConn added) {
      this.clients.getObject().channels().forEach((target, channel) -> {
        if (channel == added) {
          GrpcClientMetrics all = this.metrics.getObject();
          all.listenerFor(target);
          this.metered.put(target, new Metered(added, all));
        }
      });
    }
    return bean;
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof ClientConn;
  }

  /** A target that has got another channel meanwhile, as that of a prototype bean, has its own. */
  @Override
  public void postProcessBeforeDestruction(Object bean, String beanName) {
    this.metered.forEach((target, each) -> {
      if (each.channel == bean && this.metered.remove(target, each)) {
        each.metrics.remove(target);
      }
    });
  }
}
