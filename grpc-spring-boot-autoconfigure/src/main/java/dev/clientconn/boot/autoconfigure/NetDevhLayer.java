// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.netdevh.Migration;
import dev.clientconn.boot.autoconfigure.netdevh.NewSetting;
import dev.clientconn.boot.autoconfigure.netdevh.OldKeys;
import dev.clientconn.boot.autoconfigure.netdevh.Translation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Adds the keys of net.devh's starter to the environment in the new form, below all other property
 * sources, if {@code grpc.client.migration} says so.
 *
 * @param migration what to do with the old keys
 * @param translation the new settings
 */
record NetDevhLayer(Migration migration, Translation translation) {

  static final NetDevhLayer NONE = new NetDevhLayer(Migration.IGNORE, Translation.NONE);

  static final String SOURCE = "clientConnNetDevh";

  private static final String DISCOVERY_CLIENT =
      "org.springframework.cloud.client.discovery.DiscoveryClient";

  private static final Log logger = LogFactory.getLog(NetDevhLayer.class);

  /** Reads the old keys. It can be called again after the environment has changed. */
  static NetDevhLayer apply(Environment environment, @Nullable ClassLoader classLoader) {
    Migration migration = Binder.get(environment)
        .bind("grpc.client.migration", Migration.class)
        .orElse(Migration.FAIL);
    PropertySource<?> before = environment instanceof ConfigurableEnvironment configurable
        ? configurable.getPropertySources().remove(SOURCE)
        : null;
    NetDevhLayer layer = new NetDevhLayer(
        migration,
        Translation.of(
            environment,
            GrpcClientTargets.of(environment).names(),
            findsServices(environment, classLoader) ? "discovery:///" : "dns:///"));
    if (migration == Migration.TRANSLATE
        && environment instanceof ConfigurableEnvironment configurable) {
      layer.addTo(configurable.getPropertySources(), before);
    }
    return layer;
  }

  /** Whether Spring Cloud has a discovery client, which that starter asks for names then. */
  private static boolean findsServices(Environment environment, @Nullable ClassLoader classLoader) {
    return ClassUtils.isPresent(DISCOVERY_CLIENT, classLoader)
        && Binder.get(environment)
            .bind("spring.cloud.discovery.enabled", Boolean.class)
            .orElse(true);
  }

  /**
   * Warns only if the settings are new: the check of the keys runs more than once. Where a key is
   * refused, the error has the new configuration.
   */
  private void addTo(MutablePropertySources sources, @Nullable PropertySource<?> before) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (NewSetting setting : this.translation.settings()) {
      values.put(setting.key(), OriginTrackedValue.of(setting.value(), setting.origin()));
    }
    if (values.isEmpty()) {
      return;
    }
    sources.addLast(new OriginTrackedMapPropertySource(SOURCE, values));
    boolean known = before != null && values.equals(before.getSource());
    if (!known && this.translation.refused().isEmpty()) {
      logger.warn("The configuration of gRPC clients has keys of the starter of net.devh, which"
          + " grpc.client.migration translates. Write instead:\n\n" + lines());
    }
  }

  /** Whether a property has a key of net.devh's starter. */
  boolean isKey(ConfigurationProperty property) {
    return this.translation.keys().contains(property.getName());
  }

  /** Whether a property has a key of net.devh's starter without an equivalent. */
  boolean isRefused(ConfigurationProperty property) {
    return this.translation.refused().containsKey(property.getName());
  }

  /**
   * Describes why a key of net.devh's starter cannot stay; null if it can. Environment variables
   * can: one like GRPC_CLIENT_GREETER_ADDRESS may be used in a placeholder.
   */
  @Nullable
  KeyProblem problem(ConfigurationProperty property, boolean variable) {
    if (this.migration == Migration.IGNORE || (variable && this.migration == Migration.FAIL)) {
      return null;
    }
    String refused = this.translation.refused().get(property.getName());
    if (refused != null) {
      return new KeyProblem(property, refused, null);
    }
    return this.migration == Migration.TRANSLATE
        ? null
        : new KeyProblem(
            property,
            "Targets belong below grpc.client.targets, not directly below grpc.client as in the"
                + " starter of net.devh.",
            null);
  }

  /**
   * Describes a key that a client of net.devh's starter cannot have; null if there is no such
   * client.
   */
  @Nullable
  KeyProblem unknownKey(ConfigurationProperty property, List<String> elements) {
    String client = TargetNames.canonical(elements.get(0));
    boolean known = this.translation.keys().stream()
        .anyMatch(key -> TargetNames.canonical(key.getElement(2, Form.ORIGINAL)).equals(client));
    if (!known || elements.size() == 1) {
      return null;
    }
    String key = String.join(".", elements.subList(1, elements.size()));
    String meant = TargetNames.nearest(key, OldKeys.ALL)
        .map(" Did you mean '%s'?"::formatted)
        .orElse("");
    return new KeyProblem(
        property, "The starter of net.devh has no key '%s'.".formatted(key) + meant, null);
  }

  /** Returns what follows the new configuration where the start fails. */
  String advice() {
    return leftOut()
        + (this.migration == Migration.FAIL
            ? "\nOr let the old keys be translated for now: grpc.client.migration: translate\n"
            : "");
  }

  /** Returns the new configuration, and what it leaves out. */
  String lines() {
    YamlLines yaml = new YamlLines();
    addTo(yaml);
    return yaml + leftOut();
  }

  void addTo(YamlLines yaml) {
    this.translation.settings().forEach(setting -> yaml.add(setting.path(), setting.shown()));
  }

  /** Returns the lines for keys that need no counterpart; empty if there are none. */
  String leftOut() {
    return this.translation.leftOut().isEmpty()
        ? ""
        : "\nLeft out:\n\n    " + String.join("\n    ", this.translation.leftOut()) + "\n";
  }
}
