// SPDX-License-Identifier: Apache-2.0
/** Makes calls wait, each trial for one cause, so that the live page has something to show. */
@NullMarked
package dev.clientconn.sample.trials;

import org.jspecify.annotations.NullMarked;
