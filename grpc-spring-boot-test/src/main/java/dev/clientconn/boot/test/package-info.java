// SPDX-License-Identifier: Apache-2.0
/** Servers and clients for the tests of applications that call gRPC services. */
@NullMarked
package dev.clientconn.boot.test;

import org.jspecify.annotations.NullMarked;
