// SPDX-License-Identifier: Apache-2.0
/** An application with Reactor stubs. */
@NullMarked
package dev.clientconn.smoke.reactor;

import org.jspecify.annotations.NullMarked;
