// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ManagedChannelBuilder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Calls the {@link GrpcChannelBuilderCustomizer} beans of the application for each channel. Those
 * for the builder of another transport cannot be called: each gives one warning. The beans of Boot
 * itself are left out, since its properties are applied already.
 */
@CrossesThreads
final class BuilderCustomizers implements ClientConnBuilderCustomizer, Ordered {

  private static final Log logger = LogFactory.getLog(BuilderCustomizers.class);

  private static final String BOOT = "org.springframework.boot.grpc.client.autoconfigure.";

  private static final String IN_PROCESS = "io.grpc.inprocess.InProcessChannelBuilder";

  private final ConfigurableListableBeanFactory beans;

  private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();

  BuilderCustomizers(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Runs before the customizers of this starter's own API, whose values override. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void customize(String target, ClientConnBuilder builder) {
    this.beans
        .getBeanProvider(GrpcChannelBuilderCustomizer.class)
        .orderedStream()
        .filter(customizer -> !customizer.getClass().getName().startsWith(BOOT))
        .forEach(customizer -> customize(customizer, target, builder));
  }

  /** Calls the customizer that one client has given. */
  void customize(ChannelBuilderOptions options, String target, ClientConnBuilder builder) {
    Class<?> wanted = ManagedChannelBuilder.class;
    String what = "A GrpcChannelBuilderCustomizer in the ChannelBuilderOptions for '%s'";
    call(options.customizer(), target, builder, wanted, what.formatted(target));
  }

  private void customize(
      GrpcChannelBuilderCustomizer<?> customizer, String target, ClientConnBuilder builder) {
    String name = nameOf(customizer);
    String what = "The GrpcChannelBuilderCustomizer bean '%s'".formatted(name);
    Class<?> wanted = builderOf(name, customizer);
    if (wanted.getName().equals(IN_PROCESS)) {
      return;
    }
    if (wanted.isInstance(builder)) {
      call(customizer, target, builder, wanted, what);
    } else {
      warn(what, wanted);
    }
  }

  /** A lambda does not show the type of its builder; the call does. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private void call(
      GrpcChannelBuilderCustomizer customizer,
      String target,
      ClientConnBuilder builder,
      Class<?> wanted,
      String what) {
    try {
      customizer.customize(target, builder);
    } catch (ClassCastException otherBuilder) {
      String message = String.valueOf(otherBuilder.getMessage());
      if (!message.contains(ClientConnBuilder.class.getName())) {
        throw otherBuilder;
      }
      warn(what, wanted);
    }
  }

  private void warn(String what, Class<?> wanted) {
    if (this.warnedOf.add(what)) {
      String builder = wanted == ManagedChannelBuilder.class
          ? "the builder of another transport"
          : wanted.getName();
      logger.warn(what + " is for " + builder + " and is not applied: the channels are built by "
          + ClientConnBuilder.class.getName() + ". Make it a GrpcChannelBuilderCustomizer of that"
          + " class, or a bean of type " + ClientConnBuilderCustomizer.class.getName()
          + ", or use the keys of grpc.client.targets.<name>.");
    }
  }

  private String nameOf(GrpcChannelBuilderCustomizer<?> customizer) {
    for (String name : this.beans.getBeanNamesForType(GrpcChannelBuilderCustomizer.class)) {
      if (this.beans.getBean(name) == customizer) {
        return name;
      }
    }
    return customizer.getClass().getName();
  }

  /** Returns the type of the builder that a bean declares: in its class, or in its definition. */
  private Class<?> builderOf(String name, GrpcChannelBuilderCustomizer<?> customizer) {
    Class<?> declared = builderOf(ResolvableType.forClass(customizer.getClass()));
    return declared == ManagedChannelBuilder.class && this.beans.containsBeanDefinition(name)
        ? builderOf(this.beans.getMergedBeanDefinition(name).getResolvableType())
        : declared;
  }

  private static Class<?> builderOf(ResolvableType type) {
    return type.as(GrpcChannelBuilderCustomizer.class)
        .getGeneric(0)
        .resolve(ManagedChannelBuilder.class);
  }
}
