// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.PriorityOrdered;

/** Records every channel bean, including those that the application defines itself. */
@CrossesThreads
final class ClientConnRecorder
    implements ClientConnRegistry,
        DestructionAwareBeanPostProcessor,
        DisposableBean,
        PriorityOrdered {

  private final Map<String, ClientConn> channels = new ConcurrentHashMap<>();

  private volatile Consumer<ClientConn> destruction = channel -> {};

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    // A channel that is injected by another spelling of its name is a second bean, but the same
    // channel.
    if (bean instanceof ClientConn channel && !this.channels.containsValue(channel)) {
      this.channels.put(ClientConnBeanRegistrar.target(beanName), channel);
    }
    return bean;
  }

  /** Sets what ends a channel before its bean is destroyed. */
  void onDestruction(Consumer<ClientConn> end) {
    this.destruction = end;
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof ClientConn;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String beanName) {
    if (bean instanceof ClientConn channel) {
      this.destruction.accept(channel);
      this.channels.values().remove(channel);
    }
  }

  /**
   * Ends the channels that Spring does not destroy: those of prototype beans. Post-processors are
   * destroyed after the beans that they have processed.
   */
  @Override
  public void destroy() {
    this.channels.values().forEach(this.destruction);
  }

  @Override
  public Map<String, ClientConn> channels() {
    return Collections.unmodifiableMap(new TreeMap<>(this.channels));
  }

  /** Runs before other post-processors, which look up the name of a channel. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
