// SPDX-License-Identifier: Apache-2.0
/** Shows the channels of the application with Spring Boot's Actuator. */
@NullMarked
package dev.clientconn.boot.autoconfigure.actuator;

import org.jspecify.annotations.NullMarked;
