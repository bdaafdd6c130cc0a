// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.clientconn.internal.channel.ChannelOptions;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import io.grpc.SynchronizationContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Sets what configures child channels. Most tests need a grpc-api that has the method, 1.83 or
 * later, and call it by reflection.
 */
class ChildConfiguratorTest {
  private static final String METHOD = "childChannelConfigurator";

  private final List<String> configured = new ArrayList<>();

  @Test
  void reflectionOverTheBuilderNeedsNoTypeOfANewerGrpc() {
    assertThat(Arrays.stream(ClientConnBuilder.class.getMethods()).map(Method::toString))
        .noneMatch(method -> method.contains("dev.clientconn") && method.contains(METHOD));
    assertThat(ClientConnBuilder.class.getDeclaredMethods()).isNotEmpty();
  }

  @Test
  void everyBuilderHasTheMethodWhereGrpcHasIt() {
    assertThat(ClientConnBuilder.forTarget("localhost:1") instanceof ChildConfiguratorBuilder)
        .isEqualTo(Arrays.stream(ManagedChannelBuilder.class.getMethods())
            .anyMatch(method -> method.getName().equals(METHOD)));
  }

  @Test
  void configuratorsRunInTheirOrderOnBuildersOfPoliciesChannels() throws Exception {
    ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");
    set(builder, configurator("first"));
    set(builder, configurator("second"));

    child(builder);

    assertThat(configured).containsExactly("first", "second");
  }

  @Test
  void channelsOfPoliciesConfigureTheirOwnChildren() throws Exception {
    ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");
    set(builder, configurator("one"));

    ManagedChannelBuilder<?> child = child(builder);
    child((ClientConnBuilder) child);

    assertThat(configured).containsExactly("one", "one");
  }

  @Test
  void nameResolversGetTheConfigurators() throws Exception {
    ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");
    set(builder, configurator("one"));
    NameResolver.Args.Builder args = NameResolver.Args.newBuilder()
        .setDefaultPort(1)
        .setProxyDetector((ProxyDetector) address -> null)
        .setSynchronizationContext(new SynchronizationContext((thread, e) -> {}))
        .setServiceConfigParser(options(builder).serviceConfigParser());
    for (Consumer<NameResolver.Args.Builder> argument : options(builder).resolverArgs()) {
      argument.accept(args);
    }

    Object got =
        NameResolver.Args.class.getMethod("getChildChannelConfigurator").invoke(args.build());
    type()
        .getMethod("configureChannelBuilder", ManagedChannelBuilder.class)
        .invoke(got, ClientConnBuilder.forTarget("localhost:2"));

    assertThat(configured).containsExactly("one");
  }

  @Test
  void builtChannelDoesNotSeeConfiguratorsThatAreAddedLater() throws Exception {
    ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");
    set(builder, configurator("early"));
    ChannelOptions built = options(builder);
    set(builder, configurator("late"));

    built.policyChannels().newBuilder("localhost:2", null, channel -> {});

    assertThat(configured).containsExactly("early");
  }

  @Test
  void connectionsDependOnTheConfigurators() throws Exception {
    Object one = configurator("one");

    assertThat(keyWith(one))
        .isEqualTo(keyWith(one))
        .isNotEqualTo(keyWith(configurator("one")))
        .isNotEqualTo(ClientConnBuilder.forTarget("localhost:1").configuration().connectionKey());
  }

  @Test
  void nullIsRefused() throws Exception {
    Method method = ManagedChannelBuilder.class.getMethod(METHOD, type());

    assertThatThrownBy(
            () -> method.invoke(ClientConnBuilder.forTarget("localhost:1"), (Object) null))
        .isInstanceOf(InvocationTargetException.class)
        .hasCauseInstanceOf(NullPointerException.class);
  }

  private static Object keyWith(Object configurator) throws Exception {
    ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:1");
    set(builder, configurator);
    return builder.configuration().connectionKey();
  }

  private static ChannelOptions options(ClientConnBuilder builder) {
    return builder.configuration().options();
  }

  private static ManagedChannelBuilder<?> child(ClientConnBuilder builder) {
    return options(builder).policyChannels().newBuilder("localhost:2", null, channel -> {});
  }

  private static Class<?> type() throws ClassNotFoundException {
    assumeThat(ChildConfiguratorMethods.PRESENT).as("grpc-api 1.83 or later").isNotNull();
    return Class.forName("io.grpc.ChannelConfigurator");
  }

  /** Calls the method as code that was compiled against a newer grpc-api does. */
  private static void set(ClientConnBuilder builder, Object configurator) throws Exception {
    ManagedChannelBuilder.class.getMethod(METHOD, type()).invoke(builder, configurator);
  }

  /** Makes a configurator that records its name. */
  private Object configurator(String name) throws ClassNotFoundException {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(), new Class<?>[] {type()}, (proxy, method, arguments) -> {
          return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "toString" -> name;
            default -> {
              configured.add(name);
              yield null;
            }
          };
        });
  }
}
