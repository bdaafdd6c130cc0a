// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;

/** Records every channel bean, including those that the application defines itself. */
@CrossesThreads
final class ClientConnRecorder implements ClientConnRegistry, BeanPostProcessor, PriorityOrdered {

  private final Map<String, ClientConn> channels = new ConcurrentHashMap<>();

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    // A channel that is injected by another spelling of its name is a second bean, but the same
    // channel.
    if (bean instanceof ClientConn channel && !this.channels.containsValue(channel)) {
      this.channels.put(ClientConnBeanRegistrar.target(beanName), channel);
    }
    return bean;
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
