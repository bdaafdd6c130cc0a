// SPDX-License-Identifier: Apache-2.0
/** Makes calls in a closed loop through gRPC stubs and records their latencies. */
@NullMarked
package dev.clientconn.benchmarks.caller;

import org.jspecify.annotations.NullMarked;
