// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.internal.channel.FakePolicy;
import dev.clientconn.testing.TextMethods;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lets the foreign code at each {@link Place} throw, return null, complete twice or never, over
 * a real connection, and checks that its own call ends exactly once and with the cause, that other
 * calls go on, and that the channel terminates.
 */
class ForeignCodeTest {
  private static final Logger LOGGER = Logger.getLogger("dev.clientconn");

  private enum Ender {
    CANCEL,
    DEADLINE,
    SHUTDOWN_NOW
  }

  private static @Nullable ForeignServer server;
  private final FakePolicy policy = new FakePolicy();
  private @Nullable FaultyResolver resolver;
  private @Nullable ClientConn conn;

  @BeforeAll
  static void start() throws Exception {
    server = new ForeignServer();
    // Each fault is logged, with its stack trace.
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void stop() {
    LOGGER.setLevel(null);
    server().close();
  }

  private static ForeignServer server() {
    return Objects.requireNonNull(server);
  }

  @BeforeEach
  void registerPolicy() {
    policy.register();
  }

  @AfterEach
  void end() {
    policy.deregister();
    if (resolver != null) {
      NameResolverRegistry.getDefaultRegistry().deregister(resolver);
    }
    if (conn != null) {
      conn.shutdownNow();
    }
  }

  private static Stream<Arguments> faultsAt(List<Place> places) {
    return places.stream()
        .flatMap(place ->
            place.ends.keySet().stream().map(kind -> Arguments.of(place, new Fault(kind))));
  }

  static Stream<Arguments> faultsOfCalls() {
    return faultsAt(CallPlaces.all());
  }

  static Stream<Arguments> faultsOfAttempts() {
    return faultsAt(ChannelPlaces.attempts());
  }

  static Stream<Arguments> faultsOfPolicies() {
    return faultsAt(ChannelPlaces.policies());
  }

  static Stream<Arguments> silences() {
    return ChannelPlaces.silent().stream()
        .flatMap(place -> Stream.of(Ender.values()).map(ender -> Arguments.of(place, ender)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faultsOfCalls")
  void aFaultEndsItsOwnCallAlone(Place place, Fault fault) throws Exception {
    Place.Setup setup = setUp(place, fault);
    EchoCall bystander = EchoCall.start(conn(), plain(), CallOptions.DEFAULT, null);
    assertThat(bystander.echo("before")).isEqualTo("before");
    EchoCall second = null;
    if (place.waitsForSlot) {
      second = EchoCall.start(conn(), plain(), CallOptions.DEFAULT, null);
      second.echo("takes the other slot");
    }

    fault.arm();
    EchoCall call = call(setup);
    if (second != null) {
      second.halfClose();
    }
    assertEnd(place, fault, call);
    fault.disarm();

    assertThat(bystander.echo("after")).isEqualTo("after");
    assertThat(call(setup).awaitEnd().getCode()).isEqualTo(Code.OK);
    bystander.halfClose();
    assertThat(bystander.awaitEnd().getCode()).isEqualTo(Code.OK);
    assertTerminates(call, bystander);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faultsOfAttempts")
  void aFaultOnTheWayToAConnectionCostsTheAttempt(Place place, Fault fault) throws Exception {
    fault.arm();
    Place.Setup setup = setUp(place, fault);

    EchoCall call = call(setup);
    assertEnd(place, fault, call);
    fault.disarm();
    setup.options = setup.options.withWaitForReady();
    EchoCall next = call(setup);
    conn().resetConnectBackoff();

    assertThat(next.awaitEnd().getCode()).isEqualTo(Code.OK);
    assertTerminates(call, next);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faultsOfPolicies")
  void aBrokenPolicyFailsEveryCallWithTheCause(Place place, Fault fault) throws Exception {
    fault.arm();
    Place.Setup setup = setUp(place, fault);
    setup.options = setup.options.withWaitForReady();

    EchoCall call = call(setup);
    assertEnd(place, fault, call);
    EchoCall next = call(setup);
    assertEnd(place, fault, next);

    assertTerminates(call, next);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("silences")
  void aCallThatWaitsForEverCanBeEnded(Place place, Ender ender) throws Exception {
    Fault fault = new Fault(Fault.Kind.NEVER);
    fault.arm();
    Place.Setup setup = setUp(place, fault);
    if (ender == Ender.DEADLINE) {
      setup.options = setup.options.withDeadlineAfter(10, TimeUnit.MILLISECONDS);
    }

    EchoCall call = call(setup);
    switch (ender) {
      case CANCEL -> call.cancel();
      case DEADLINE -> {}
      case SHUTDOWN_NOW -> conn().shutdownNow();
    }

    Code expected = switch (ender) {
      case CANCEL -> Code.CANCELLED;
      case DEADLINE -> Code.DEADLINE_EXCEEDED;
      case SHUTDOWN_NOW -> Code.UNAVAILABLE;
    };
    assertThat(call.awaitEnd().getCode()).isEqualTo(expected);
    assertTerminates(call);
  }

  @Test
  void anExecutorThatDropsItsWorkDoesNotKeepTheChannelOpen() throws Exception {
    Fault fault = new Fault(Fault.Kind.NEVER);
    Place.Setup setup = setUp(
        Place.of(
            "call executor", s -> s.options = s.options.withExecutor(CallPlaces.executor(s.fault))),
        fault);
    EchoCall bystander = EchoCall.start(conn(), plain(), CallOptions.DEFAULT, null);
    bystander.echo("before");
    fault.arm();

    EchoCall dropped = call(setup);
    bystander.halfClose();

    assertThat(bystander.awaitEnd().getCode()).isEqualTo(Code.OK);
    conn().shutdownNow();
    assertThat(conn().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dropped.ends).isEmpty();
  }

  private Place.Setup setUp(Place place, Fault fault) {
    // Look-ups that may throw go through a resolver; the proxies of a fixed list do, too.
    boolean resolves = place.name.startsWith("resolver's");
    String target = (resolves ? FaultyResolver.SCHEME + ":///" : "static://127.0.0.1:")
        + server().port();
    if (resolves) {
      resolver = new FaultyResolver(place.name, fault);
      NameResolverRegistry.getDefaultRegistry().register(resolver);
    }
    ClientConnBuilder builder =
        ClientConnBuilder.forTarget(target).usePlaintext().directExecutor();
    Place.Setup setup = new Place.Setup(fault, builder, policy);
    place.install.accept(setup);
    conn = builder.build();
    setup.afterBuild.accept(conn);
    return setup;
  }

  private ClientConn conn() {
    return Objects.requireNonNull(conn);
  }

  private static MethodDescriptor<String, String> plain() {
    return ForeignServer.method(new TextMethods.TextMarshaller());
  }

  private EchoCall call(Place.Setup setup) {
    return EchoCall.unary(
        conn(), ForeignServer.method(setup.marshaller), setup.options, setup.listening);
  }

  private static void assertEnd(Place place, Fault fault, EchoCall call) throws Exception {
    if (place.throwsToCaller) {
      assertThat(call.thrown).isSameAs(fault.thrown);
      if (!place.startsBefore) {
        return;
      }
    }
    Status status = call.awaitEnd();
    assertThat(status.getCode()).as("%s", status).isEqualTo(place.ends.get(fault.kind));
    boolean thrown = fault.kind == Fault.Kind.EXCEPTION || fault.kind == Fault.Kind.ERROR;
    if (thrown && !status.isOk() && !place.throwsToCaller) {
      assertThat(causes(status)).as("%s", status).contains(fault.thrown);
    }
  }

  private static Stream<Throwable> causes(Status status) {
    return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause);
  }

  private void assertTerminates(EchoCall... calls) throws Exception {
    conn().shutdownNow();
    assertThat(conn().awaitTermination(60, TimeUnit.SECONDS)).as("terminated").isTrue();
    for (EchoCall call : calls) {
      assertThat(call.ends).as("ends of a call").hasSizeLessThanOrEqualTo(1);
      if (call.thrown == null) {
        assertThat(call.ends).as("ends of a call").hasSize(1);
      }
    }
  }
}
