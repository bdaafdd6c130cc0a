// SPDX-License-Identifier: Apache-2.0
/** Runs HTTP/2 connections. One event loop owns a connection and everything in this package. */
@NullMarked
package dev.clientconn.internal.http2;

import org.jspecify.annotations.NullMarked;
