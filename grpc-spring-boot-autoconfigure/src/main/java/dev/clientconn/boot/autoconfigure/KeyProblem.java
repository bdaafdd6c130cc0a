// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.OldSpellings.Line;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * A key that nothing reads.
 *
 * @param reason what is wrong with it
 * @param instead what to write in its place, if that is known
 */
record KeyProblem(
    ConfigurationProperty property, String reason, @Nullable Line instead) {}
