// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.health;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.HealthSource;
import java.time.Clock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

/**
 * Lists an indicator for each channel that there is when the health is read, except for targets
 * that are switched off. Channels and settings may change while the application runs.
 */
final class TargetsHealthContributor implements CompositeHealthContributor {

  private final ClientConnRegistry clients;

  private final HealthSource source;

  private final Clock clock;

  TargetsHealthContributor(ClientConnRegistry clients, HealthSource source, Clock clock) {
    this.clients = clients;
    this.source = source;
    this.clock = clock;
  }

  @Override
  public @Nullable HealthContributor getContributor(String name) {
    ClientConn channel = this.clients.channels().get(name);
    return channel == null || !isEnabled(name) ? null : indicator(name, channel);
  }

  @Override
  public Stream<HealthContributors.Entry> stream() {
    return this.clients.channels().entrySet().stream()
        .filter(each -> isEnabled(each.getKey()))
        .map(each ->
            new HealthContributors.Entry(each.getKey(), indicator(each.getKey(), each.getValue())));
  }

  private boolean isEnabled(String name) {
    return !Boolean.FALSE.equals(this.source.settings(name).getEnabled());
  }

  private HealthContributor indicator(String name, ClientConn channel) {
    return new TargetHealthIndicator(name, channel, this.source, this.clock);
  }
}
