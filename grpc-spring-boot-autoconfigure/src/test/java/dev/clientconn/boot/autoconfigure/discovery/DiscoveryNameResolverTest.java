// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;

@ExtendWith(OutputCaptureExtension.class)
class DiscoveryNameResolverTest {

  private final List<ServiceInstance> instances = new ArrayList<>();

  private final ActiveResolvers active = new ActiveResolvers();

  private final Results results = new Results();

  /** Look-ups that have been started and not run. */
  private final Deque<Runnable> lookUps = new ArrayDeque<>();

  private final Deque<Runnable> timers = new ArrayDeque<>();

  private @Nullable Throwable failure;

  private int calls;

  @Test
  void instancesAreAddresses() {
    this.instances.add(instance("127.0.0.1", 1, Map.of()));
    this.instances.add(instance("127.0.0.2", 2, Map.of("gRPC_port", "22")));
    this.instances.add(instance("127.0.0.3", 3, Map.of("gRPC.port", "33")));

    NameResolver resolver = start();

    assertThat(resolver.getServiceAuthority()).isEqualTo("orders");
    assertThat(this.results.addresses())
        .containsExactly("127.0.0.1:1", "127.0.0.2:22", "127.0.0.3:33");
  }

  @Test
  void instanceThatIsListedTwiceIsOneAddress() {
    this.instances.add(instance("127.0.0.1", 1, Map.of()));
    this.instances.add(instance("127.0.0.1", 1, Map.of()));

    start();

    assertThat(this.results.addresses()).containsExactly("127.0.0.1:1");
  }

  @Test
  void unusableInstancesAreLeftOutWithOneWarning(CapturedOutput output) {
    this.instances.add(instance("127.0.0.1", 0, Map.of()));
    this.instances.add(instance("127.0.0.2", 2, Map.of("gRPC_port", "many")));
    this.instances.add(instance("127.0.0.3", 3, Map.of()));

    NameResolver resolver = start();
    resolver.refresh();
    runLookUps();

    assertThat(this.results.addresses()).containsExactly("127.0.0.3:3");
    assertThat(output.getOut()).containsOnlyOnce("its metadata gRPC_port is not a port: 'many'");
  }

  @Test
  void serviceConfigOfAnInstanceIsUsed() {
    this.instances.add(instance(
        "127.0.0.1", 1, Map.of("gRPC_service_config", "{\"loadBalancingPolicy\": \"x\"}")));

    start();

    assertThat(Objects.requireNonNull(this.results.last()).getServiceConfig())
        .extracting(ConfigOrError::getConfig)
        .hasToString("{loadBalancingPolicy=x}");
  }

  @Test
  void serviceConfigThatIsNoJsonIsAnErrorOfTheConfigOnly() {
    this.instances.add(instance("127.0.0.1", 1, Map.of("gRPC_service_config", "no")));

    start();

    assertThat(Objects.requireNonNull(this.results.last()).getServiceConfig())
        .extracting(config -> String.valueOf(config.getError()))
        .asString()
        .contains("is no JSON");
    assertThat(this.results.addresses()).hasSize(1);
  }

  @Test
  void emptyListIsAFailureThatKeepsConnections(CapturedOutput output) {
    NameResolver resolver = start();
    resolver.refresh();
    runLookUps();

    assertThat(this.results.errors)
        .hasSize(2)
        .allSatisfy(
            error -> assertThat(error.getDescription()).contains("no instance of the service"));
    assertThat(this.results.results).isEmpty();
    assertThat(output.getOut()).containsOnlyOnce("no instance of the service 'orders'");
  }

  @Test
  void clientThatThrowsIsAFailureWithOneWarningUntilItRecovers(CapturedOutput output) {
    this.failure = new StackOverflowError("down");
    NameResolver resolver = start();
    resolver.refresh();
    runLookUps();
    assertThat(this.results.errors)
        .hasSize(2)
        .allSatisfy(error -> assertThat(error.getCause()).isSameAs(this.failure));
    assertThat(output.getOut()).containsOnlyOnce("failed to look up the service");

    this.failure = null;
    this.instances.add(instance("127.0.0.1", 1, Map.of()));
    resolver.refresh();
    runLookUps();
    assertThat(this.results.addresses()).hasSize(1);

    this.failure = new IllegalStateException("down again");
    resolver.refresh();
    runLookUps();
    assertThat(output.getOut()).contains("down again");
  }

  @Test
  void clientThatNeverRespondsIsAFailureAfterTenSeconds() {
    NameResolver resolver = startWithoutLookUp();
    resolver.refresh();
    resolver.refresh();
    this.timers.remove().run();

    assertThat(this.results.errors)
        .singleElement()
        .satisfies(error -> assertThat(error.getDescription()).contains("for 10 s"));
    assertThat(this.lookUps).as("no second thread is blocked").hasSize(1);

    this.instances.add(instance("127.0.0.1", 1, Map.of()));
    runLookUps();
    assertThat(this.results.addresses()).as("a late result is used").hasSize(1);
    assertThat(this.calls).as("requests in between are one look-up more").isEqualTo(2);
  }

  @Test
  void heartbeatsWithANewValueAndRegistrationsStartALookUp() {
    this.instances.add(instance("127.0.0.1", 1, Map.of()));
    start();

    this.active.onApplicationEvent(new HeartbeatEvent(this, 1));
    runLookUps();
    assertThat(this.calls).isEqualTo(2);
    this.active.onApplicationEvent(new HeartbeatEvent(this, 1));
    runLookUps();
    assertThat(this.calls).isEqualTo(2);
    this.active.onApplicationEvent(new InstanceRegisteredEvent<>(this, "config"));
    runLookUps();
    assertThat(this.calls).isEqualTo(3);
  }

  @Test
  void nothingHappensAfterTheShutdown() {
    NameResolver resolver = startWithoutLookUp();
    resolver.shutdown();
    runLookUps();
    this.active.onApplicationEvent(new HeartbeatEvent(this, 1));
    runLookUps();

    assertThat(this.results.errors).isEmpty();
    assertThat(this.results.results).isEmpty();
    assertThat(this.calls).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"discovery://orders", "discovery:///", "discovery:///a/b"})
  void addressHasToNameAService(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> provider().newNameResolver(URI.create(address), args()))
        .withMessageContaining("Write discovery:///");
  }

  private NameResolver start() {
    NameResolver resolver = startWithoutLookUp();
    runLookUps();
    return resolver;
  }

  private NameResolver startWithoutLookUp() {
    NameResolver resolver = Objects.requireNonNull(
        provider().newNameResolver(URI.create("discovery:///orders"), args()));
    resolver.start(this.results);
    return resolver;
  }

  private void runLookUps() {
    for (Runnable each = this.lookUps.poll(); each != null; each = this.lookUps.poll()) {
      each.run();
    }
  }

  private DiscoveryNameResolverProvider provider() {
    return new DiscoveryNameResolverProvider(this::lookUp, this.active);
  }

  private List<ServiceInstance> lookUp(String service) {
    assertThat(service).isEqualTo("orders");
    this.calls++;
    if (this.failure instanceof Error error) {
      throw error;
    }
    if (this.failure instanceof RuntimeException exception) {
      throw exception;
    }
    return this.instances;
  }

  private NameResolver.Args args() {
    return NameResolver.Args.newBuilder()
        .setDefaultPort(80)
        .setProxyDetector(address -> null)
        .setSynchronizationContext(new SynchronizationContext((thread, thrown) -> {
          throw new AssertionError(thrown);
        }))
        .setServiceConfigParser(new NameResolver.ServiceConfigParser() {
          @Override
          public ConfigOrError parseServiceConfig(Map<String, ?> raw) {
            return ConfigOrError.fromConfig(raw);
          }
        })
        .setOffloadExecutor(this.lookUps::add)
        .setScheduledExecutorService(timer())
        .build();
  }

  private ScheduledExecutorService timer() {
    return (ScheduledExecutorService) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {ScheduledExecutorService.class},
        (proxy, method, arguments) -> {
          Runnable task = (Runnable) arguments[0];
          this.timers.add(task);
          return Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {ScheduledFuture.class, Future.class},
              (future, called, none) ->
                  called.getName().equals("cancel") ? this.timers.remove(task) : null);
        });
  }

  private static ServiceInstance instance(String host, int port, Map<String, String> metadata) {
    return new DefaultServiceInstance(host + "-" + port, "orders", host, port, false, metadata);
  }

  private static final class Results extends NameResolver.Listener2 {

    private final List<ResolutionResult> results = new ArrayList<>();

    private final List<Status> errors = new ArrayList<>();

    @Override
    public void onResult(ResolutionResult result) {
      this.results.add(result);
    }

    @Override
    public Status onResult2(ResolutionResult result) {
      onResult(result);
      return Status.OK;
    }

    @Override
    public void onError(Status error) {
      this.errors.add(error);
    }

    @Nullable
    ResolutionResult last() {
      return this.results.isEmpty() ? null : this.results.get(this.results.size() - 1);
    }

    List<String> addresses() {
      List<EquivalentAddressGroup> groups =
          Objects.requireNonNull(last()).getAddressesOrError().getValue();
      return groups.stream()
          .flatMap(group -> group.getAddresses().stream())
          .map(InetSocketAddress.class::cast)
          .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
          .toList();
    }
  }
}
