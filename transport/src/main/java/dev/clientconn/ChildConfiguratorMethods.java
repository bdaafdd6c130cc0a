// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of grpc-api that accept a configurator of child channels. grpc-api has them
 * since 1.83, and ClientConn is compiled against an older version.
 *
 * @param ofBuilder sets it on a builder
 * @param ofArgs sets it on the arguments of a name resolver
 */
record ChildConfiguratorMethods(MethodHandle ofBuilder, MethodHandle ofArgs) {
  /** {@code null} where grpc-api does not have them. */
  static final @Nullable ChildConfiguratorMethods PRESENT = find();

  private static @Nullable ChildConfiguratorMethods find() {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      // Names and types are constants at the call, which native-image needs to find the methods.
      Class<?> configurator = Class.forName("io.grpc.ChannelConfigurator");
      return new ChildConfiguratorMethods(
          lookup.findVirtual(
              ManagedChannelBuilder.class,
              "childChannelConfigurator",
              MethodType.methodType(ManagedChannelBuilder.class, configurator)),
          lookup.findVirtual(
              NameResolver.Args.Builder.class,
              "setChildChannelConfigurator",
              MethodType.methodType(NameResolver.Args.Builder.class, configurator)));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /** Calls {@code childChannelConfigurator}. */
  void setOnBuilder(ManagedChannelBuilder<?> builder, Object configurator) {
    call(ofBuilder, builder, configurator);
  }

  /** Calls {@code setChildChannelConfigurator}. */
  void setOnArgs(NameResolver.Args.Builder args, Object configurator) {
    call(ofArgs, args, configurator);
  }

  @SuppressWarnings("CheckReturnValue") // both return their receiver
  private static void call(MethodHandle method, Object receiver, Object configurator) {
    try {
      method.invoke(receiver, configurator);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException("a method that declares no exception threw one", t);
    }
  }
}
