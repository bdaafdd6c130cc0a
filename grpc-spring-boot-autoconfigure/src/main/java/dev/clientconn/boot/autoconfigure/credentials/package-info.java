// SPDX-License-Identifier: Apache-2.0
/** Sends the credentials of a target with its calls. */
@NullMarked
package dev.clientconn.boot.autoconfigure.credentials;

import org.jspecify.annotations.NullMarked;
