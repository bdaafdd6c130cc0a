// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.GrpcClientProperties.Target;
import dev.clientconn.boot.autoconfigure.connection.TargetConnection;
import dev.clientconn.boot.autoconfigure.connection.TargetConnections;
import dev.clientconn.boot.autoconfigure.interceptor.GlobalInterceptors;
import dev.clientconn.boot.autoconfigure.settings.ConnectSettings;
import dev.clientconn.boot.autoconfigure.settings.GrpcClientSettings;
import dev.clientconn.boot.autoconfigure.settings.HealthSettings;
import dev.clientconn.boot.autoconfigure.settings.ProxySettings;
import dev.clientconn.boot.autoconfigure.settings.SslSettings;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * Resolves the settings of a target: each key has the value of the target, or else that of {@code
 * grpc.client.defaults}. A key that neither sets is null; then the default of the builder applies.
 * Connection details of a target replace those keys that they provide.
 */
@CrossesThreads
final class InheritedSettings {

  private static final ConfigurationPropertyName WAIT_THRESHOLD =
      ConfigurationPropertyName.of("grpc.client.observation.waits.threshold");

  private volatile GrpcClientProperties properties;

  private volatile GrpcClientTargets targets;

  private final TargetConnections connections;

  InheritedSettings(
      GrpcClientProperties properties, GrpcClientTargets targets, TargetConnections connections) {
    this.properties = properties;
    this.targets = targets;
    this.connections = connections;
  }

  /** Takes over properties that were bound again. */
  void replace(GrpcClientProperties bound, GrpcClientTargets next) {
    this.properties = bound;
    this.targets = next;
  }

  ConfiguredProperties properties() {
    return this.targets.properties();
  }

  List<String> targetNames() {
    return this.targets.names();
  }

  GlobalInterceptors globalInterceptors() {
    return this.properties.getInterceptors().getGlobal();
  }

  /**
   * Returns the settings of a target. An address in place of a name gets the defaults.
   *
   * @throws UnknownGrpcTargetException if there is no such target and the name is not an address
   */
  TargetSettings settings(String name) {
    rejectContradiction(
        GrpcClientTargets.DEFAULTS, this.properties.getDefaults().getSsl());
    rejectFractions(GrpcClientTargets.DEFAULTS);
    rejectNegativeThreshold();
    rejectInDefaults("address");
    rejectInDefaults("authority");
    ConfigurationPropertyName entry = this.targets.entry(name);
    if (entry == null) {
      if (!TargetNames.isAddress(name)) {
        throw new UnknownGrpcTargetException(name, this.targets.names());
      }
      return ofAddress(name);
    }
    return ofTarget(name, entry);
  }

  private TargetSettings ofAddress(String address) {
    Target values = merge(new Target());
    values.setAddress(address);
    addServiceConfig(values, null, null);
    return new TargetSettings(
        address,
        values,
        properties(),
        GrpcClientTargets.DEFAULTS::append,
        List.of(),
        null,
        globalInterceptors());
  }

  private TargetSettings ofTarget(String name, ConfigurationPropertyName entry) {
    Target own = own(name);
    rejectContradiction(entry, own.getSsl());
    rejectFractions(entry);
    Target values = merge(own);
    addServiceConfig(values, entry, own.getServiceConfigLocation());
    TargetSettings settings = new TargetSettings(
        GrpcClientTargets.nameOf(entry),
        values,
        properties(),
        leaf -> keyOf(entry, leaf),
        properties().below(entry),
        null,
        globalInterceptors());
    TargetConnection connection = this.connections.find(settings.name());
    return connection == null ? settings : settings.with(connection);
  }

  /**
   * Adds the service config of a target, or else that of the defaults, instead of the map that the
   * Binder has made of its properties.
   */
  private void addServiceConfig(
      Target values, @Nullable ConfigurationPropertyName entry, @Nullable String ownLocation) {
    Map<String, Object> own =
        entry == null ? null : ConfiguredServiceConfig.read(entry, ownLocation, properties());
    if (own != null) {
      values.setServiceConfig(own);
      values.setServiceConfigLocation(ownLocation);
    } else {
      String location = this.properties.getDefaults().getServiceConfigLocation();
      values.setServiceConfig(
          ConfiguredServiceConfig.read(GrpcClientTargets.DEFAULTS, location, properties()));
    }
  }

  /**
   * Returns the time that calls in flight of a channel get when the application stops; null if
   * nothing sets it. A channel that belongs to no target gets that of the defaults.
   */
  @Nullable
  Duration gracePeriod(String name) {
    return merge(own(name)).getShutdown().getGracePeriod();
  }

  /** Returns how the health of a target is reported. */
  HealthSettings health(String name) {
    return merge(own(name)).getHealth();
  }

  /** Returns when the channel of a target connects. */
  ConnectSettings connect(String name) {
    return merge(own(name)).getConnect();
  }

  /** Returns the property that says when the channel of a target connects. */
  @Nullable
  ConfigurationProperty connectModeProperty(String name) {
    ConfigurationPropertyName entry = this.targets.entry(name);
    String leaf = "connect.mode";
    return this.targets
        .properties()
        .find(entry == null ? GrpcClientTargets.DEFAULTS.append(leaf) : keyOf(entry, leaf));
  }

  /**
   * Returns the values that a target sets itself. The Binder makes an entry of each spelling of a
   * name, and not every entry has all values: environment variables cannot have dashes, and names
   * in brackets are bound literally. The spelling of the target's entry takes precedence.
   */
  private Target own(String name) {
    String canonical = TargetNames.canonical(name);
    Map<String, Target> bound = this.properties.getTargets();
    Target own = new Target();
    ConfigurationPropertyName entry = this.targets.entry(name);
    Target exact = entry == null ? null : bound.get(GrpcClientTargets.nameOf(entry));
    if (exact != null) {
      fill(own, exact, Target.class);
    }
    bound.forEach((spelling, values) -> {
      if (TargetNames.canonical(spelling).equals(canonical)) {
        fill(own, values, Target.class);
      }
    });
    return own;
  }

  private Target merge(Target own) {
    Target merged = new Target();
    fill(merged, own, Target.class);
    fill(merged, this.properties.getDefaults(), GrpcClientSettings.class);
    merged.setMetadata(metadata(own));
    merged.getCredentials().keepKindsOf(own.getCredentials());
    // What a target sets is in effect even if the defaults switch its kind off.
    if (StringUtils.hasText(own.getSsl().getBundle())) {
      merged.getSsl().setEnabled(own.getSsl().getEnabled());
    }
    if (own.getKeepalive().getTime() != null) {
      merged.getKeepalive().setEnabled(own.getKeepalive().getEnabled());
    }
    ProxySettings proxy = own.getProxy();
    if (StringUtils.hasText(proxy.getAddress())) {
      merged.getProxy().setEnabled(proxy.getEnabled());
      // A login is for one proxy and must not be sent to another, nor its client certificate.
      merged.getProxy().setUsername(proxy.getUsername());
      merged.getProxy().setPassword(proxy.getPassword());
      merged.getProxy().getSsl().setBundle(proxy.getSsl().getBundle());
    }
    return merged;
  }

  /** A target inherits each key of the metadata separately; an empty value removes a key. */
  private @Nullable Map<String, List<String>> metadata(Target own) {
    Map<String, List<String>> defaults = this.properties.getDefaults().getMetadata();
    if (defaults == null || own.getMetadata() == null) {
      return own.getMetadata() == null ? defaults : own.getMetadata();
    }
    Map<String, List<String>> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    merged.putAll(defaults);
    // The map keeps the spelling of a key that it has already.
    own.getMetadata().keySet().forEach(merged::remove);
    merged.putAll(own.getMetadata());
    return merged;
  }

  /** Copies each value that {@code into} does not have. */
  static void fill(Object into, Object from, Class<?> type) {
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
      Method getter = property.getReadMethod();
      if (getter == null || getter.getDeclaringClass() == Object.class) {
        continue;
      }
      Object present = ReflectionUtils.invokeMethod(getter, into);
      Object value = ReflectionUtils.invokeMethod(getter, from);
      if (present == null && value != null) {
        ReflectionUtils.invokeMethod(property.getWriteMethod(), into, value);
      } else if (present != null && value != null && SettingKeys.isGroup(getter.getReturnType())) {
        fill(present, value, getter.getReturnType());
      }
    }
  }

  /** Rejects no TLS together with what needs TLS in the same layer. */
  private void rejectContradiction(ConfigurationPropertyName layer, SslSettings ssl) {
    if (StringUtils.hasText(ssl.getBundle()) && Boolean.FALSE.equals(ssl.getEnabled())) {
      String reason = ("It contradicts %s, which enables TLS with the bundle '%s'. Remove one of"
              + " the two; an empty ssl.bundle removes one that another file sets.")
          .formatted(layer.append("ssl.bundle"), ssl.getBundle());
      throw this.targets.properties().invalid(layer.append("ssl.enabled"), false, reason);
    }
    if (ssl.getVerify() != null && Boolean.FALSE.equals(ssl.getEnabled())) {
      String reason = "It contradicts %s, which switches TLS off. Remove one of the two."
          .formatted(layer.append("ssl.enabled"));
      throw this.targets.properties().invalid(layer.append("ssl.verify"), ssl.getVerify(), reason);
    }
  }

  /** YAML has numbers with fractions, which the Binder would cut off without a message. */
  private void rejectFractions(ConfigurationPropertyName layer) {
    for (ConfigurationProperty property : this.targets.properties().below(layer)) {
      List<String> path = KeyCheck.elements(property.getName(), layer.getNumberOfElements());
      String key = SettingKeys.OF_A_TARGET.find(path);
      if (key != null
          && SettingKeys.OF_A_TARGET.isInteger(key)
          && property.getValue() instanceof Number number
          && number.doubleValue() != Math.rint(number.doubleValue())) {
        throw this.targets
            .properties()
            .invalid(property.getName(), number, "It must be a whole number.");
      }
    }
  }

  private void rejectNegativeThreshold() {
    Duration threshold = this.properties.getObservation().getWaits().getThreshold();
    if (threshold.isNegative()) {
      throw this.targets
          .properties()
          .invalid(WAIT_THRESHOLD, threshold, "It must not be negative.");
    }
  }

  private void rejectInDefaults(String leaf) {
    ConfigurationProperty property =
        this.targets.properties().find(GrpcClientTargets.DEFAULTS.append(leaf));
    if (property != null) {
      throw this.targets
          .properties()
          .invalid(
              property.getName(),
              this.targets.properties().value(property),
              "It applies to one target and cannot be a default.");
    }
  }

  /** Returns the key that a value comes from, for error messages. */
  private ConfigurationPropertyName keyOf(ConfigurationPropertyName entry, String leaf) {
    ConfigurationPropertyName own = entry.append(leaf);
    return this.targets.properties().isSet(own) ? own : GrpcClientTargets.DEFAULTS.append(leaf);
  }
}
