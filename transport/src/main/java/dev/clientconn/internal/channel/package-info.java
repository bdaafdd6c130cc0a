// SPDX-License-Identifier: Apache-2.0
/** The control plane of a channel: resolver, balancer, subchannels, picks. */
@NullMarked
package dev.clientconn.internal.channel;

import org.jspecify.annotations.NullMarked;
