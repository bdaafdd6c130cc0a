// SPDX-License-Identifier: Apache-2.0
/** The settings of a target, as they are bound: one class for each group of keys. */
@NullMarked
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.NullMarked;
