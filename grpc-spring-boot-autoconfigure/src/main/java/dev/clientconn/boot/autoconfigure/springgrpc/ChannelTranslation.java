// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.boot.autoconfigure.springgrpc.BootChannels.BootChannel;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.PropertyResolver;

/**
 * Translates the properties of a channel of Spring Boot's gRPC client into settings of a target.
 * A value that it cannot read is passed on as it is, so that the Binder reports it.
 */
public final class ChannelTranslation {

  private static final String HEALTH = "service-config.healthCheckConfig.serviceName";

  /** gRFC A8: grpc-java raises shorter intervals to this. */
  private static final Duration SHORTEST_KEEPALIVE = Duration.ofSeconds(10);

  /** Boot ignores such keys without a message. */
  private static final String UNKNOWN = "there is no such key";

  private static final String LARGEST_SIZE = Integer.MAX_VALUE + "B";

  private final PropertyResolver placeholders;

  private final BootChannel channel;

  private final Map<String, Setting> settings = new LinkedHashMap<>();

  private final List<String> warnings = new ArrayList<>();

  private ChannelTranslation(PropertyResolver placeholders, BootChannel channel) {
    this.placeholders = placeholders;
    this.channel = channel;
  }

  /**
   * A setting of a target.
   *
   * @param value the value, possibly with placeholders
   * @param from the property of Boot's client that it comes from
   */
  public record Setting(Object value, ConfigurationProperty from) {}

  /**
   * What a channel is as a target.
   *
   * @param settings the settings by their keys below the target
   * @param warnings sentences about properties that have no effect
   */
  public record Result(Map<String, Setting> settings, List<String> warnings) {}

  /**
   * Translates a channel.
   *
   * @param channel the channel
   * @param placeholders resolves placeholders in values that are converted
   * @return the settings of the target
   */
  public static Result of(BootChannel channel, PropertyResolver placeholders) {
    ChannelTranslation translation = new ChannelTranslation(placeholders, channel);
    channel.properties().forEach(translation::translate);
    return new Result(translation.settings, translation.warnings);
  }

  private void translate(List<String> path, ConfigurationProperty property) {
    if (path.get(0).equals("serviceconfig")) {
      serviceConfig(path.subList(1, path.size()), property);
      return;
    }
    String key = String.join(".", path);
    switch (key) {
      case "target" -> put("address", property, ChannelTranslation::address);
      case "useragent" -> put("user-agent", property, UnaryOperator.identity());
      case "bypasscertificatevalidation" -> bypass(property);
      case "inbound.message.maxsize" -> put("inbound.message.max-size", property, this::size);
      case "inbound.metadata.maxsize" -> put("inbound.metadata.max-size", property, this::size);
      case "default.deadline" -> put("deadline", property, this::deadline);
      case "default.loadbalancingpolicy" ->
        put("load-balancing-policy", property, UnaryOperator.identity());
      case "idle.timeout" -> put("idle.timeout", property, UnaryOperator.identity());
      case "keepalive.time" -> put("keepalive.time", property, this::keepalive);
      case "keepalive.timeout" -> put("keepalive.timeout", property, UnaryOperator.identity());
      case "keepalive.withoutcalls" ->
        put("keepalive.without-calls", property, UnaryOperator.identity());
      case "ssl.enabled" -> put("ssl.enabled", property, UnaryOperator.identity());
      case "ssl.bundle" -> bundle(property);
      case "health.enabled" -> health(property);
      case "health.servicename" -> {
        // It means nothing without health.enabled.
      }
      default -> noEffect(property, UNKNOWN);
    }
  }

  private void put(String key, ConfigurationProperty property, UnaryOperator<String> conversion) {
    String text = String.valueOf(property.getValue());
    String value = conversion.apply(text);
    if (!value.isEmpty()) {
      this.settings.put(key, new Setting(value.equals(text) ? raw(property) : value, property));
    }
  }

  private static Object raw(ConfigurationProperty property) {
    return String.valueOf(property.getValue());
  }

  /** The channel with {@code ssl.enabled: false} is plaintext in spite of its bundle. */
  private void bundle(ConfigurationProperty property) {
    if (usesTls()) {
      put("ssl.bundle", property, UnaryOperator.identity());
    }
  }

  /** Boot reads it for channels with TLS only. */
  private void bypass(ConfigurationProperty property) {
    if (!resolve(property).equalsIgnoreCase("true")) {
      return;
    }
    if (usesTls()) {
      put("ssl.verify", property, value -> "none");
    } else {
      noEffect(property, "the channel has no TLS by ssl.enabled or ssl.bundle of its own");
    }
  }

  private boolean usesTls() {
    ConfigurationProperty enabled = this.channel.find("ssl", "enabled");
    return enabled == null
        ? this.channel.find("ssl", "bundle") != null
        : !resolve(enabled).equalsIgnoreCase("false");
  }

  private void health(ConfigurationProperty property) {
    if (!resolve(property).equalsIgnoreCase("true")) {
      return;
    }
    ConfigurationProperty service = this.channel.find("health", "servicename");
    // The empty name stands for the server as a whole.
    this.settings.put(
        HEALTH, service == null ? new Setting("", property) : new Setting(raw(service), service));
  }

  private void serviceConfig(List<String> path, ConfigurationProperty property) {
    List<String> json = ServiceConfigTranslation.path(path);
    if (json == null) {
      noEffect(property, UNKNOWN);
    } else if (json.contains("perAttemptRecvTimeout")) {
      noEffect(property, "a retry policy has no time limit of one attempt (gRFC A6)");
    } else {
      String key = "service-config." + String.join(".", json).replace(".[", "[");
      String last =
          json.stream().filter(name -> !name.startsWith("[")).reduce("", (first, next) -> next);
      put(key, property, value -> ServiceConfigTranslation.value(last, value, this::resolve));
      this.settings.putIfAbsent(key, new Setting("", property));
    }
  }

  private void noEffect(ConfigurationProperty property, String why) {
    this.warnings.add(
        "%s (%s) has no effect: %s".formatted(property.getName(), property.getOrigin(), why));
  }

  /** Boot accepts {@code tcp://host:port} as well. */
  private static String address(String target) {
    return target.startsWith("tcp:") ? target.substring(4).replaceFirst("^/*", "") : target;
  }

  /** Boot takes -1 as the largest size. */
  private String size(String value) {
    return resolve(value).strip().matches("-1B?") ? LARGEST_SIZE : value;
  }

  /** Boot sets no deadline of zero or less. */
  private String deadline(String value) {
    Duration deadline = duration(value);
    return deadline != null && deadline.toMillis() <= 0 ? "" : value;
  }

  private String keepalive(String value) {
    Duration time = duration(value);
    boolean raised = time != null && !time.isNegative() && time.compareTo(SHORTEST_KEEPALIVE) < 0;
    return raised ? SHORTEST_KEEPALIVE.toSeconds() + "s" : value;
  }

  private @Nullable Duration duration(String value) {
    try {
      return DurationStyle.detectAndParse(resolve(value).strip(), ChronoUnit.SECONDS);
    } catch (IllegalArgumentException | ArithmeticException unreadable) {
      return null;
    }
  }

  private String resolve(ConfigurationProperty property) {
    return resolve(String.valueOf(property.getValue())).strip();
  }

  private String resolve(String value) {
    return this.placeholders.resolvePlaceholders(value);
  }
}
