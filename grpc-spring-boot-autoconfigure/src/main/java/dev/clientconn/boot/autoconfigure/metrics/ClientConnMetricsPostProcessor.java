// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Registers the meters of every channel bean, including those that the application defines itself,
 * and removes them when the bean is destroyed. Of the channels that Spring gRPC's factory creates
 * with settings of their own, which may be any number, only the first ones have meters.
 */
@CrossesThreads
final class ClientConnMetricsPostProcessor implements DestructionAwareBeanPostProcessor {

  /** The first channels with settings of their own that have meters, of all targets together. */
  static final int MAX_SEPARATE = 20;

  private static final Log logger = LogFactory.getLog(ClientConnMetricsPostProcessor.class);

  private static final Pattern SEPARATE = Pattern.compile(".+#\\d+");

  private final ObjectProvider<GrpcClientMetrics> metrics;

  private final ObjectProvider<ClientConnRegistry> clients;

  private final AtomicInteger separate = new AtomicInteger();

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
        if (channel == added && isMetered(target)) {
          GrpcClientMetrics all = this.metrics.getObject();
          all.listenerFor(target);
          this.metered.put(target, new Metered(added, all));
        }
      });
    }
    return bean;
  }

  private boolean isMetered(String target) {
    if (!SEPARATE.matcher(target).matches()) {
      return true;
    }
    int count = this.separate.incrementAndGet();
    if (count == MAX_SEPARATE + 1) {
      logger.warn("The channel '" + target + "' and later ones that Spring gRPC's channel factory"
          + " creates with options of their own have no meters: " + MAX_SEPARATE
          + " channels have them");
    }
    return count <= MAX_SEPARATE;
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
