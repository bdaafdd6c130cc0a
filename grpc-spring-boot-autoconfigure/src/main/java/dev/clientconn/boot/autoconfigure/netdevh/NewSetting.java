// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

/**
 * Describes a setting in the new form.
 *
 * @param path the elements of its key, such as {@code grpc}, {@code client}, {@code defaults},
 *     {@code deadline}
 * @param value the value, placeholders included
 * @param source the property that it was translated from
 */
public record NewSetting(List<String> path, String value, ConfigurationProperty source) {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

  /**
   * Returns the key as a property has it.
   *
   * @return the elements with dots between them, and brackets around those that need them
   */
  public String key() {
    StringBuilder key = new StringBuilder();
    for (String element : this.path) {
      if (PLAIN.matcher(element).matches()) {
        key.append(key.isEmpty() ? "" : ".").append(element);
      } else {
        key.append('[').append(element).append(']');
      }
    }
    return key.toString();
  }

  /**
   * Returns the value for a message: a password is not shown.
   *
   * @return the value, or a text in its place
   */
  public String shown() {
    boolean secret = this.path.get(this.path.size() - 1).contains("password");
    return secret && !this.value.startsWith("${")
        ? "<the value of %s>".formatted(this.source.getName())
        : this.value;
  }

  /**
   * Returns where the value comes from, for messages about a value that cannot work.
   *
   * @return the old key and its place
   */
  public Origin origin() {
    return new OldKey(this.source);
  }

  private record OldKey(ConfigurationProperty property) implements Origin {

    @Override
    public @Nullable Origin getParent() {
      return this.property.getOrigin();
    }

    @Override
    public String toString() {
      return "%s, %s".formatted(this.property.getName(), this.property.getOrigin());
    }
  }
}
