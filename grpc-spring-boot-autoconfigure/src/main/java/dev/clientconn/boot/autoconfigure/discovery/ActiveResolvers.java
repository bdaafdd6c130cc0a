// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.HeartbeatMonitor;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.discovery.event.ParentHeartbeatEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Starts a look-up of each active channel when the discovery client has another state: on a
 * heartbeat with another value, and after this application was registered.
 */
@CrossesThreads
final class ActiveResolvers implements ApplicationListener<ApplicationEvent> {

  private final Set<DiscoveryNameResolver> resolvers = ConcurrentHashMap.newKeySet();

  private final HeartbeatMonitor monitor = new HeartbeatMonitor();

  void add(DiscoveryNameResolver resolver) {
    this.resolvers.add(resolver);
  }

  void remove(DiscoveryNameResolver resolver) {
    this.resolvers.remove(resolver);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    boolean changed = event instanceof InstanceRegisteredEvent<?>
        || (event instanceof HeartbeatEvent heartbeat && isChange(heartbeat.getValue()))
        || (event instanceof ParentHeartbeatEvent parent && isChange(parent.getValue()));
    if (changed) {
      this.resolvers.forEach(DiscoveryNameResolver::refreshFromAnyThread);
    }
  }

  private boolean isChange(Object value) {
    return this.monitor.update(value);
  }
}
