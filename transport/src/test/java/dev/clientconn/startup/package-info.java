// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.clientconn.startup;

import org.jspecify.annotations.NullMarked;
