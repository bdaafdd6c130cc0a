// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertySource;

/**
 * Describes a setting that a channel has, and where its value comes from.
 *
 * @param key the key below a target, such as {@code keepalive.time} or {@code metadata.x-tenant}
 * @param value a boolean, number, text, or list of them; durations and sizes are texts such as
 *     {@code 5s} and {@code 4MB}
 * @param layer where the value comes from; {@code null} if no property has this value now: the
 *     channel has an earlier configuration
 * @param property the complete name of the property; {@code null} where the value is not that of a
 *     property
 * @param origin the place of the property, such as file, line and column; the bean with connection
 *     details
 * @param source the property source of the property, if it is one of Spring's
 * @param secret whether the value is shown only to authorized users
 */
public record EffectiveSetting(
    String key,
    Object value,
    @Nullable Layer layer,
    @Nullable String property,
    @Nullable String origin,
    @Nullable PropertySource<?> source,
    boolean secret) {

  /** The layers of the configuration, the one of lowest precedence first. */
  public enum Layer {
    /** What applies where nothing is configured. */
    LIBRARY,
    /** Keys of net.devh's starter, translated. */
    NET_DEVH,
    /** {@code spring.grpc.client.channel} of Spring Boot's own client. */
    SPRING_GRPC,
    /** {@code grpc.client.defaults}. */
    DEFAULTS,
    /** {@code grpc.client.targets.<name>}. */
    TARGET,
    /** A bean with connection details. */
    CONNECTION_DETAILS;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /**
     * Returns the name for JSON.
     *
     * @return the name of the constant in lower case, with dashes
     */
    public String id() {
      return this.id;
    }
  }
}
