// SPDX-License-Identifier: Apache-2.0
/** Requests tokens with the client registrations of Spring Security. */
@NullMarked
package dev.clientconn.boot.autoconfigure.credentials.oauth2;

import org.jspecify.annotations.NullMarked;
