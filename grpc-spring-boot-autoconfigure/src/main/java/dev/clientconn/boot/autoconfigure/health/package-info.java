// SPDX-License-Identifier: Apache-2.0
/** Reports the health of targets to Spring Boot's Actuator. */
@NullMarked
package dev.clientconn.boot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
