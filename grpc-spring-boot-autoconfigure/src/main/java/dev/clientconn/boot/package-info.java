// SPDX-License-Identifier: Apache-2.0
/** API of the starter: the injection annotation and the hooks into the creation of channels. */
@NullMarked
package dev.clientconn.boot;

import org.jspecify.annotations.NullMarked;
