// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.autoconfigure.EffectiveConfiguration;
import dev.clientconn.boot.autoconfigure.EffectiveConfiguration.Description;
import dev.clientconn.boot.autoconfigure.EffectiveSetting;
import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.Configuration;
import dev.clientconn.boot.autoconfigure.actuator.ClientDescription.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/** Describes what channels were built with. */
final class ClientConfigurations {

  private final EffectiveConfiguration effective;

  private final SettingSanitizer sanitizer;

  private final ListableBeanFactory beans;

  ClientConfigurations(
      EffectiveConfiguration effective, SettingSanitizer sanitizer, ListableBeanFactory beans) {
    this.effective = effective;
    this.sanitizer = sanitizer;
    this.beans = beans;
  }

  /** Returns the configuration of a channel; null if the application has built it itself. */
  @Nullable
  Configuration of(String name, ClientConn channel, boolean showSecrets) {
    Description description = this.effective.of(name, channel).orElse(null);
    if (description == null) {
      return null;
    }
    Map<String, Setting> settings = new LinkedHashMap<>();
    for (EffectiveSetting each : description.settings()) {
      settings.put(each.key(), setting(description.target(), each, showSecrets));
    }
    return new Configuration(description.target(), description.upToDate(), settings, customizers());
  }

  private Setting setting(String target, EffectiveSetting setting, boolean showSecrets) {
    EffectiveSetting.Layer layer = setting.layer();
    String property = setting.property();
    String name =
        property == null ? "grpc.client.targets." + target + "." + setting.key() : property;
    return new Setting(
        this.sanitizer.shown(setting, name, showSecrets),
        layer == null ? null : layer.id(),
        property,
        setting.origin());
  }

  /** The order of the beans is that of the provider, which has no names. */
  private List<String> customizers() {
    Map<String, ClientConnBuilderCustomizer> byName =
        BeanFactoryUtils.beansOfTypeIncludingAncestors(
            this.beans, ClientConnBuilderCustomizer.class);
    return this.beans
        .getBeanProvider(ClientConnBuilderCustomizer.class)
        .orderedStream()
        .map(customizer -> byName.entrySet().stream()
            .filter(entry -> entry.getValue() == customizer)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> customizer.getClass().getName()))
        .toList();
  }
}
