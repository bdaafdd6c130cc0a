// SPDX-License-Identifier: Apache-2.0
/** Auto-configuration of gRPC clients: properties, channels, lifecycle, failure analysis. */
@NullMarked
package dev.clientconn.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
