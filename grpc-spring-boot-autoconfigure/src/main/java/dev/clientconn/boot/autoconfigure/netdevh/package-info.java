// SPDX-License-Identifier: Apache-2.0
/** Translates the configuration of net.devh's starter, {@code grpc.client.<name>.*}. */
@NullMarked
package dev.clientconn.boot.autoconfigure.netdevh;

import org.jspecify.annotations.NullMarked;
