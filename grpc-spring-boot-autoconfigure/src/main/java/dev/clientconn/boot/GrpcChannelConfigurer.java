// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ManagedChannelBuilder;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Changes the builder of a channel before the channel is built: a {@link
 * ClientConnBuilderCustomizer} in the form that net.devh's starter has. The builder is a {@link
 * ClientConnBuilder}, so code for a {@code NettyChannelBuilder} has to be changed.
 */
@FunctionalInterface
public interface GrpcChannelConfigurer
    extends BiConsumer<ManagedChannelBuilder<?>, String>, ClientConnBuilderCustomizer {

  /**
   * Changes the builder of one channel.
   *
   * @param builder the builder, with all properties applied
   * @param name the configured name of the target, or its address if it has no name
   */
  @Override
  void accept(ManagedChannelBuilder<?> builder, String name);

  @Override
  default void customize(String target, ClientConnBuilder builder) {
    accept(builder, target);
  }

  @Override
  default GrpcChannelConfigurer andThen(
      BiConsumer<? super ManagedChannelBuilder<?>, ? super String> after) {
    Objects.requireNonNull(after, "after");
    return (builder, name) -> {
      accept(builder, name);
      after.accept(builder, name);
    };
  }
}
