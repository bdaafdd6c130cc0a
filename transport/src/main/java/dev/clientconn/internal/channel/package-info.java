// SPDX-License-Identifier: Apache-2.0
/** Manages a channel's name resolution, load balancing, subchannels and idleness. */
@NullMarked
package dev.clientconn.internal.channel;

import org.jspecify.annotations.NullMarked;
