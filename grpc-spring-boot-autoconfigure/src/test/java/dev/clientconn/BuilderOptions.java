// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelOptions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a builder has been given, in values that tests of the starter can compare. */
public final class BuilderOptions {

  private BuilderOptions() {}

  /** Returns every option that a property can set. */
  public static List<@Nullable Object> of(ClientConnBuilder builder) {
    ChannelConfiguration configuration = builder.configuration();
    ChannelOptions channel = configuration.options();
    return Arrays.asList(
        configuration.connectionKey(),
        channel.maxInboundMessageSize(),
        channel.retries(),
        channel.interceptors());
  }
}
