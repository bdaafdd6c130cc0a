// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Holds the value of an old key.
 *
 * @param property the property with the key
 * @param raw the value as it is written, placeholders included
 * @param text the value with its placeholders resolved
 * @param global whether it comes from the client GLOBAL
 */
record OldValue(ConfigurationProperty property, String raw, String text, boolean global) {

  boolean isTrue() {
    return this.text.equalsIgnoreCase("true");
  }

  OldValue ofGlobal() {
    return new OldValue(this.property, this.raw, this.text, true);
  }
}
