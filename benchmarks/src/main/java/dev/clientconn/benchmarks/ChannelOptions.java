// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.File;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a channel is opened with.
 *
 * @param executor runs callbacks; the direct executor when the stub mode says so; null for the client's own default
 * @param certificate the server's certificate, PEM, for {@code 127.0.0.1} and {@code localhost}; the only one to trust; null
 *     when nothing is encrypted
 */
record ChannelOptions(@Nullable Executor executor, @Nullable File certificate) {}
