// SPDX-License-Identifier: Apache-2.0
/** Who may touch a class: annotations that the architecture tests check. */
@NullMarked
package dev.clientconn.internal.threading;

import org.jspecify.annotations.NullMarked;
