// SPDX-License-Identifier: Apache-2.0
/** Auto-configuration of addresses that Spring Cloud's discovery clients resolve. */
@NullMarked
package dev.clientconn.boot.autoconfigure.discovery;

import org.jspecify.annotations.NullMarked;
