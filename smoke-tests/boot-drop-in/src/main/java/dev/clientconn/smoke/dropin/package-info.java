// SPDX-License-Identifier: Apache-2.0
/** Smoke test: an application that was written for Spring Boot's own gRPC client. */
@NullMarked
package dev.clientconn.smoke.dropin;

import org.jspecify.annotations.NullMarked;
