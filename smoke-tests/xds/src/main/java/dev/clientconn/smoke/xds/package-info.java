// SPDX-License-Identifier: Apache-2.0
/** An application that finds its servers by xDS. */
@NullMarked
package dev.clientconn.smoke.xds;

import org.jspecify.annotations.NullMarked;
