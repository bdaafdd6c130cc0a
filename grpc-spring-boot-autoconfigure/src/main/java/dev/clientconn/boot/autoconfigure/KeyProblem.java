// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.OldSpellings.Line;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Describes an unknown key.
 *
 * @param property the property with the key
 * @param reason why the key is wrong
 * @param instead the correct line, if it is known
 */
record KeyProblem(
    ConfigurationProperty property, String reason, @Nullable Line instead) {}
