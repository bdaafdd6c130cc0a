// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.clientconn.smoke.dropin;

import org.jspecify.annotations.NullMarked;
