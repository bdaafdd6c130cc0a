// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnFactory;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes the configuration that channels have, with the origin of each value. */
public final class EffectiveConfiguration {

  private final InheritedSettings settings;

  private final ClientConnFactory factory;

  private final SeparateChannels separate;

  EffectiveConfiguration(
      InheritedSettings settings, ClientConnFactory factory, SeparateChannels separate) {
    this.settings = settings;
    this.factory = factory;
    this.separate = separate;
  }

  /**
   * Describes the configuration of a channel.
   *
   * @param target the name of the target, or the address, that the channel was made for
   * @param upToDate whether the channel has what the properties say: false where they have changed
   *     and were not applied, or were refused
   * @param settings what the channel has, in the order of the keys; keys without a value are absent
   */
  public record Description(String target, boolean upToDate, List<EffectiveSetting> settings) {}

  /**
   * Describes the configuration of a channel.
   *
   * @param name the name of the channel in the registry
   * @param channel the channel
   * @return empty for a channel that the application has built itself, or with a factory of its own
   */
  public Optional<Description> of(String name, ClientConn channel) {
    return Optional.ofNullable(configured(name, channel)).map(this::describe);
  }

  private @Nullable ConfiguredChannel configured(String name, ClientConn channel) {
    if (this.factory instanceof PropertiesClientConnFactory properties) {
      for (ConfiguredChannel each : properties.channels()) {
        if (each.channel() == channel) {
          return each;
        }
      }
    }
    return this.separate.configured(name);
  }

  private Description describe(ConfiguredChannel channel) {
    SettingOrigins now;
    try {
      now = SettingOrigins.of(this.settings.settings(channel.target()));
    } catch (Throwable removedOrInvalid) {
      // Connection details are beans of the application, which may throw anything.
      now = SettingOrigins.NONE;
    }
    return new Description(
        channel.target(), channel.has(now.values()), EffectiveSettings.of(channel.settings(), now));
  }
}
