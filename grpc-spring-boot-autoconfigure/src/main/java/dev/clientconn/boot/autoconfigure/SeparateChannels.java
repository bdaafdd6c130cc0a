// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;

/**
 * Builds channels that are no beans: those of clients that need other settings than the target's
 * channel has, or of addresses that are known only while the application runs. They are in the
 * registry, have meters, and are shut down like all others. One that a client has shut down is
 * removed when the next is built.
 */
@CrossesThreads
public final class SeparateChannels implements DisposableBean {

  private final PropertiesClientConnFactory factory;

  private final InheritedSettings settings;

  private final AutowireCapableBeanFactory beans;

  private final AtomicInteger created = new AtomicInteger();

  private final Map<String, Separate> channels = new ConcurrentHashMap<>();

  private volatile Predicate<ClientConn> reopened = channel -> false;

  /** A channel, the time that its calls have to complete at shutdown, and its settings. */
  private record Separate(ClientConn channel, Duration gracePeriod, ConfiguredChannel configured) {}

  SeparateChannels(
      PropertiesClientConnFactory factory,
      InheritedSettings settings,
      AutowireCapableBeanFactory beans) {
    this.factory = factory;
    this.settings = settings;
    this.beans = beans;
  }

  /**
   * Builds a channel with the settings of a target, or with the defaults.
   *
   * @param target the name of a target, or an address
   * @param plaintextByDefault whether the channel is plaintext where TLS or plaintext would have to
   *     be chosen
   * @param gracePeriod the time that calls have to complete when the application stops
   * @param changes changes the builder after all others
   * @return the channel; the application context shuts it down
   * @throws UnknownGrpcTargetException if there is no such target and the name is not an address
   */
  public ClientConn create(
      String target,
      boolean plaintextByDefault,
      Duration gracePeriod,
      ClientConnBuilderCustomizer changes) {
    removeTerminated();
    TargetSettings resolved = this.settings.settings(target);
    Map<String, Object> configured = resolved.tree();
    if (plaintextByDefault && isUndecided(resolved)) {
      resolved.values().getSsl().setEnabled(false);
    }
    String name = target + "#" + this.created.incrementAndGet();
    ClientConn channel = this.factory.create(resolved, changes);
    this.channels.put(
        name,
        new Separate(channel, gracePeriod, new ConfiguredChannel(target, channel, configured)));
    return (ClientConn) this.beans.initializeBean(channel, ClientConnBeanRegistrar.beanName(name));
  }

  private static boolean isUndecided(TargetSettings settings) {
    try {
      TransportSecurity.decide(settings);
      return false;
    } catch (UndecidedTransportSecurityException undecided) {
      return true;
    }
  }

  /** Sets which channels are shut down for a time only, while the application is stopped. */
  void retainIf(Predicate<ClientConn> reopened) {
    this.reopened = reopened;
  }

  private void removeTerminated() {
    this.channels.forEach((name, separate) -> {
      // In this order: a channel is known to be reopened before it is terminated.
      if (separate.channel.isTerminated()
          && !this.reopened.test(separate.channel)
          && this.channels.remove(name, separate)) {
        this.beans.destroyBean(separate.channel);
      }
    });
  }

  /** Returns the grace period of one of these channels; null for others. */
  @Nullable
  Duration gracePeriod(String name) {
    Separate separate = this.channels.get(name);
    return separate == null ? null : separate.gracePeriod;
  }

  /** Returns the settings of one of these channels; null for others. */
  @Nullable
  ConfiguredChannel configured(String name) {
    Separate separate = this.channels.get(name);
    return separate == null ? null : separate.configured;
  }

  /** Ends channels that the lifecycle has not ended: those of a context that was never started. */
  @Override
  public void destroy() {
    this.channels.values().forEach(separate -> separate.channel.shutdownNow());
  }
}
