// SPDX-License-Identifier: Apache-2.0
/** Applies changes of the environment that Spring Cloud reports to channels. */
@NullMarked
package dev.clientconn.boot.autoconfigure.refresh;

import org.jspecify.annotations.NullMarked;
