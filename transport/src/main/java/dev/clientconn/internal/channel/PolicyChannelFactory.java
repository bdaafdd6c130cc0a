// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes builders of the channels that load-balancing policies open for themselves. */
public interface PolicyChannelFactory {

  /**
   * Makes a builder whose channels have the connection options of the channel that the policy
   * belongs to, but none of its interceptors and call credentials.
   *
   * @param target of the new channel
   * @param credentials {@code null} for those of the policy's channel, without call credentials
   * @param onBuilt called with each channel that is built
   */
  ManagedChannelBuilder<?> newBuilder(
      String target, @Nullable ChannelCredentials credentials, Consumer<PolicyChannel> onBuilt);
}
