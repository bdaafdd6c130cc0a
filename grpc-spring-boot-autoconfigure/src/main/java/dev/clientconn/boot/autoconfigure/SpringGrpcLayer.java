// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.springgrpc.BootChannels;
import dev.clientconn.boot.autoconfigure.springgrpc.BootChannels.BootChannel;
import dev.clientconn.boot.autoconfigure.springgrpc.ChannelTranslation;
import dev.clientconn.boot.autoconfigure.springgrpc.ChannelTranslation.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Adds the channels of Spring Boot's gRPC client ({@code spring.grpc.client.channel}) to the
 * environment as targets, below all other property sources. The channel {@code default} becomes the
 * target of that name and, without its address, the defaults. What a channel does not set has the
 * value that Boot gives it, plaintext included, unless {@code grpc.client.defaults} has one.
 */
final class SpringGrpcLayer {

  static final String SOURCE = "clientConnSpringGrpc";

  private static final Log logger = LogFactory.getLog(SpringGrpcLayer.class);

  /** What Boot sets where nothing is configured. */
  private static final Map<String, String> BOOT_DEFAULTS = Map.of(
      "load-balancing-policy", "round_robin",
      "idle.timeout", "20s",
      "keepalive.time", "5m");

  private static final String IN_PROCESS = "in-process:";

  private final Environment environment;

  private final GrpcClientTargets targets;

  private final List<BootChannel> channels;

  private final Map<String, Object> values = new LinkedHashMap<>();

  private final List<String> warnings = new ArrayList<>();

  private SpringGrpcLayer(Environment environment) {
    this.environment = environment;
    this.targets = GrpcClientTargets.of(environment);
    this.channels = BootChannels.of(environment);
  }

  /** Adds the layer, or replaces it after the environment has changed. */
  static void apply(Environment environment, @Nullable ClassLoader classLoader) {
    if (!(environment instanceof ConfigurableEnvironment configurable)
        || !ClassUtils.isPresent(KeyCheck.BOOT, classLoader)) {
      return;
    }
    PropertySource<?> before = configurable.getPropertySources().remove(SOURCE);
    if (!isOn(environment, "grpc.client.spring-grpc.enabled")
        || !isOn(environment, "spring.grpc.client.enabled")
        || !isOn(environment, "spring.grpc.client.channelfactory.enabled")) {
      return;
    }
    SpringGrpcLayer layer = new SpringGrpcLayer(environment);
    layer.channels.forEach(layer::add);
    if (layer.channels.isEmpty()) {
      return;
    }
    // In Spring gRPC, an interceptor bean without the annotation is for no client.
    layer.values.put("grpc.client.interceptors.global", "annotated");
    configurable
        .getPropertySources()
        .addLast(new OriginTrackedMapPropertySource(SOURCE, layer.values));
    // The check of the keys runs more than once.
    if (before == null || !layer.values.equals(before.getSource())) {
      layer.warnings.forEach(logger::warn);
    }
  }

  private static boolean isOn(Environment environment, String key) {
    // The Binder names the property and its origin if the value is neither.
    return Binder.get(environment).bind(key, Boolean.class).orElse(true);
  }

  private void add(BootChannel channel) {
    ConfigurationProperty address = channel.find("target");
    boolean inProcess = address != null
        && this.environment
            .resolvePlaceholders(String.valueOf(address.getValue()))
            .startsWith(IN_PROCESS);
    if (inProcess && !channel.isDefault()) {
      return;
    }
    ConfigurationPropertyName entry = entry(channel.name());
    ConfigurationPropertyName shared = channel.isDefault() ? GrpcClientTargets.DEFAULTS : entry;
    ChannelTranslation.Result result = ChannelTranslation.of(channel, this.environment);
    this.warnings.addAll(result.warnings());
    boolean ownSecurity = this.targets.properties().isSet(entry.append("ssl"));
    result.settings().forEach((key, setting) -> {
      // A certificate that is not verified is a risk of one channel, and never inherited.
      boolean ofOne = key.equals("address") || key.equals("ssl.verify");
      ConfigurationPropertyName parent = ofOne ? entry : shared;
      if (!parent.equals(entry) || !ownSecurity || !key.startsWith("ssl.")) {
        put(parent, key, setting);
      }
    });
    if (inProcess) {
      this.values.keySet().removeIf(key -> key.startsWith(entry + "."));
      return;
    }
    if (address == null) {
      this.values.put(entry.append("address").toString(), BootChannels.DEFAULT_ADDRESS);
    }
    addDefaults(channel, entry, result.settings(), ownSecurity);
  }

  /** Adds what Boot sets for a channel that does not. */
  private void addDefaults(
      BootChannel channel,
      ConfigurationPropertyName entry,
      Map<String, Setting> present,
      boolean ownSecurity) {
    BOOT_DEFAULTS.forEach((key, value) -> {
      if (!present.containsKey(key) && !isInherited(key)) {
        this.values.put(entry.append(key).toString(), value);
      }
    });
    if (!channel.has("ssl") && !ownSecurity && !isSetInDefaults("ssl")) {
      this.values.put(entry.append("ssl.enabled").toString(), "false");
    }
    boolean ownBundle = ownSecurity || present.containsKey("ssl.bundle");
    if (!channel.isDefault() && !ownBundle && !isSetInDefaults("ssl.bundle")) {
      // In Boot, the certificates of the channel default are not those of other channels.
      this.values.put(entry.append("ssl.bundle").toString(), "");
    }
  }

  /** Whether the defaults, or the channel default, which becomes them, set a key. */
  private boolean isInherited(String key) {
    return isSetInDefaults(key)
        || this.channels.stream()
            .filter(BootChannel::isDefault)
            .anyMatch(channel ->
                ChannelTranslation.of(channel, this.environment).settings().containsKey(key));
  }

  private boolean isSetInDefaults(String key) {
    return this.targets.properties().isSet(GrpcClientTargets.DEFAULTS.append(key));
  }

  /** Returns the entry of a target, in the spelling of grpc.client.targets if it is there. */
  private ConfigurationPropertyName entry(String name) {
    ConfigurationPropertyName present = this.targets.entry(name);
    return present != null
        ? present
        : ConfigurationPropertyName.of("grpc.client.targets").append(quoted(name));
  }

  private static String quoted(String name) {
    return name.matches("[a-z0-9-]+") ? name : "[" + name + "]";
  }

  private void put(ConfigurationPropertyName parent, String key, Setting setting) {
    if (SettingKeys.OF_A_TARGET.find(List.of(key.split("\\."))) == null
        && !key.startsWith("service-config.")) {
      this.warnings.add("%s (%s) has no effect: there is no equivalent."
          .formatted(setting.from().getName(), setting.from().getOrigin()));
      return;
    }
    this.values.put(
        parent + "." + key, OriginTrackedValue.of(setting.value(), new FromBoot(setting.from())));
  }

  /** Whether a setting of this layer was translated, and is not what Boot sets by default. */
  static boolean isFromProperty(@Nullable Origin origin) {
    return origin instanceof PropertySourceOrigin wrapper
        && wrapper.getOrigin() instanceof FromBoot;
  }

  /** The origin of a setting, for messages: the property of Boot's client, and where that is. */
  private record FromBoot(ConfigurationProperty property) implements Origin {

    @Override
    public @Nullable Origin getParent() {
      return this.property.getOrigin();
    }

    @Override
    public String toString() {
      return this.property.getName() + " in " + this.property.getOrigin();
    }
  }
}
