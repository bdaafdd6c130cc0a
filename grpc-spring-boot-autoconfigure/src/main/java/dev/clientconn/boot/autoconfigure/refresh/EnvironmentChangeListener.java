// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.refresh;

import dev.clientconn.boot.ClientConnRefresher;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.scope.refresh.RefreshScopeRefreshedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Refreshes channels after a change of the environment, and after a refresh of the scope, which may
 * follow it: the second finds nothing to change.
 */
record EnvironmentChangeListener(ClientConnRefresher refresher)
    implements SmartApplicationListener {

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return EnvironmentChangeEvent.class.isAssignableFrom(type)
        || RefreshScopeRefreshedEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    this.refresher.refresh();
  }
}
