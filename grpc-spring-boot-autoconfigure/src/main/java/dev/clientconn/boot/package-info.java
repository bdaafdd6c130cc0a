// SPDX-License-Identifier: Apache-2.0
/** What an application uses: the injection annotation and the hooks into how channels are made. */
@NullMarked
package dev.clientconn.boot;

import org.jspecify.annotations.NullMarked;
