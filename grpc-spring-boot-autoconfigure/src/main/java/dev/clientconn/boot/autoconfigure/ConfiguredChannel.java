// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.lang.ref.WeakReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records with which settings a channel was configured last. */
@CrossesThreads
final class ConfiguredChannel {

  private final String target;

  /** Weak: a channel that the application has dropped must not stay in memory for this. */
  private final WeakReference<ClientConn> channel;

  private volatile Map<String, Object> settings;

  ConfiguredChannel(String target, ClientConn channel, Map<String, Object> settings) {
    this.target = target;
    this.channel = new WeakReference<>(channel);
    this.settings = settings;
  }

  String target() {
    return this.target;
  }

  @Nullable
  ClientConn channel() {
    return this.channel.get();
  }

  /** Returns the settings by name, as {@link TargetSettings#tree} has them. */
  Map<String, Object> settings() {
    return this.settings;
  }

  boolean has(Map<String, Object> others) {
    return this.settings.equals(others);
  }

  void configured(Map<String, Object> next) {
    this.settings = next;
  }
}
