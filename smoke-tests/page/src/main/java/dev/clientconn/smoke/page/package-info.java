// SPDX-License-Identifier: Apache-2.0
/** Serves the live page to users who are logged in. */
@NullMarked
package dev.clientconn.smoke.page;

import org.jspecify.annotations.NullMarked;
