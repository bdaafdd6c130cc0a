// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.SeparateChannels;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.PropertyResolver;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.InProcessGrpcChannelFactory;

/**
 * Gives the clients of Spring gRPC the channels of this starter: one for each target, shared with
 * {@code @GrpcClient}. Only a client with a builder customizer or a grace period of its own gets a
 * channel of its own. Channels in the process are left to Spring gRPC.
 */
final class ClientConnChannelFactory implements GrpcChannelFactory {

  private static final String IN_PROCESS = "in-process:";

  private static final String BOOT_TARGET = "spring.grpc.client.channel.%s.target";

  private final ConfiguredTargets targets;

  private final SeparateChannels separate;

  private final BuilderCustomizers customizers;

  private final InterceptorBeans interceptors;

  private final ObjectProvider<InProcessGrpcChannelFactory> inProcess;

  /** Channels of addresses that no target has. */
  private final Map<String, ClientConn> byAddress = new HashMap<>();

  /**
   * The targets, and what finds their channels.
   *
   * @param configured the targets
   * @param beans the bean factory with their channels
   * @param properties the properties of Boot's client, and placeholders
   */
  record ConfiguredTargets(
      GrpcClientTargets configured, BeanFactory beans, PropertyResolver properties) {

    /** Returns the shared channel of a target or address that has a bean; null if there is none. */
    @Nullable
    ClientConn channel(String name) {
      String bean = this.configured.channelBean(name);
      return this.beans.containsBean(bean) ? this.beans.getBean(bean, ClientConn.class) : null;
    }

    /** Returns the address in this process that a name stands for; null if it is another one. */
    @Nullable
    String inProcess(String name) {
      String address = this.configured.find(name).isPresent()
          ? name
          : this.properties.getProperty(BOOT_TARGET.formatted(name), name);
      return address.startsWith(IN_PROCESS) ? address : null;
    }

    String resolve(String name) {
      return this.properties.resolvePlaceholders(name);
    }
  }

  ClientConnChannelFactory(
      ConfiguredTargets targets,
      SeparateChannels separate,
      BuilderCustomizers customizers,
      InterceptorBeans interceptors,
      ObjectProvider<InProcessGrpcChannelFactory> inProcess) {
    this.targets = targets;
    this.separate = separate;
    this.customizers = customizers;
    this.interceptors = interceptors;
    this.inProcess = inProcess;
  }

  /** Names of channels in the process are supported, if such channels are. */
  @Override
  public boolean supports(String target) {
    String name = this.targets.resolve(target);
    return !name.startsWith(IN_PROCESS)
        && (this.targets.inProcess(name) == null || this.inProcess.getIfAvailable() != null);
  }

  /**
   * Returns a channel of the target. Its shutdown ends this channel only, not the calls of others.
   */
  @Override
  public ManagedChannel createChannel(String target, ChannelBuilderOptions options) {
    String name = this.targets.resolve(target);
    String address = this.targets.inProcess(name);
    if (address != null) {
      return this.inProcess.getObject().createChannel(address, options);
    }
    rejectUnknown(name);
    if (isShared(options)) {
      ClientConn shared = shared(name);
      return new SharedChannel(shared, intercepted(shared, name, options));
    }
    ClientConn own = this.separate.create(
        addressOf(name),
        plaintextByDefault(name),
        options.shutdownGracePeriod(),
        (known, builder) -> this.customizers.customize(options, target, builder));
    return options.interceptors().isEmpty()
        ? own
        : new InterceptedChannel(own, intercepted(own, name, options));
  }

  private void rejectUnknown(String name) {
    GrpcClientTargets configured = this.targets.configured();
    if (!configured.isUsable(name) && !name.equals(BootChannels.DEFAULT)) {
      throw new UnknownGrpcTargetException(
          ("'%s', the target of @ImportGrpcClients or of GrpcChannelFactory.createChannel, is not"
                  + " the name of a gRPC target.")
              .formatted(name),
          name,
          configured.names());
    }
  }

  private static boolean isShared(ChannelBuilderOptions options) {
    ChannelBuilderOptions defaults = ChannelBuilderOptions.defaults();
    Object customizer = options.customizer();
    return customizer == (Object) defaults.customizer()
        && options.shutdownGracePeriod().equals(defaults.shutdownGracePeriod());
  }

  /** The interceptors of a client run inside of the global ones, as in Spring gRPC. */
  private Channel intercepted(ClientConn channel, String name, ChannelBuilderOptions options) {
    return options.interceptors().isEmpty()
        ? channel
        : this.interceptors.intercept(
            channel,
            this.targets.configured().find(name).orElse(addressOf(name)),
            options.interceptors(),
            options.mergeWithGlobalInterceptors());
  }

  private ClientConn shared(String name) {
    ClientConn configured = this.targets.channel(name);
    if (configured != null) {
      return configured;
    }
    synchronized (this.byAddress) {
      ClientConn known = this.byAddress.get(name);
      if (known == null) {
        Duration gracePeriod = ChannelBuilderOptions.defaults().shutdownGracePeriod();
        known = this.separate.create(
            addressOf(name), plaintextByDefault(name), gracePeriod, (target, builder) -> {});
        this.byAddress.put(name, known);
      }
      return known;
    }
  }

  /** Boot's client calls this address if nothing is configured. */
  private String addressOf(String name) {
    return name.equals(BootChannels.DEFAULT)
            && this.targets.configured().find(name).isEmpty()
        ? BootChannels.DEFAULT_ADDRESS
        : name;
  }

  /** As in Boot's client, an address that is no target is called in plaintext. */
  private boolean plaintextByDefault(String name) {
    return this.targets.configured().find(name).isEmpty();
  }
}
