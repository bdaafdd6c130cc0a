// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.channel.FakePolicy;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.testing.LoggedWarnings;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes the configuration of a channel that is used, and opens it anew after a shutdown. */
class ReconfigureTest {
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");

  @RegisterExtension
  private final LoggedWarnings warnings = new LoggedWarnings();

  private final ChannelHarness fakes = new ChannelHarness();
  private final List<FakeConnector> connectors = new ArrayList<>();
  private int leases;
  private int releases;
  private final ClientConn conn = ClientConn.open(configuration(fakes, "first"));

  private ChannelConfiguration configuration(ChannelHarness of, Object connectionKey) {
    return new ChannelConfiguration(
        of.options(), this::newConnector, this::newThreads, connectionKey);
  }

  private FakeConnector newConnector() {
    FakeConnector connector = new FakeConnector();
    connectors.add(connector);
    return connector;
  }

  private ChannelThreads newThreads() {
    leases++;
    return new ChannelThreads(
        Runnable::run, Runnable::run, fakes.clock, fakes.clock::nanoTime, () -> releases++);
  }

  private FakeConnector connector(int number) {
    return connectors.get(number);
  }

  private boolean reconfigure(Object connectionKey) {
    return conn.reconfigure(configuration(fakes, connectionKey));
  }

  private FakeTransport connect() {
    conn.getState(true);
    fakes.resolver.send(1);
    FakeTransport first = connector(0).last();
    first.ready();
    return first;
  }

  @Test
  void newConnectionIsReadyBeforeTheOldOneTakesNoMoreCalls() {
    FakeTransport old = connect();
    Closed before = call();

    assertThat(reconfigure("second")).isTrue();
    fakes.resolver.send(2);
    Closed meanwhile = call();
    assertThat(old.streams).hasSize(2);
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);

    FakeTransport made = connector(1).last();
    made.ready();
    Closed after = call();

    assertThat(old.draining).isTrue();
    assertThat(old.terminated).isFalse();
    assertThat(made.port()).isEqualTo(2);
    assertThat(made.streams).hasSize(1);
    old.open().forEach(stream -> stream.close(Status.NOT_FOUND));
    assertThat(before.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(meanwhile.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(after.statuses).isEmpty();
    assertThat(connector(0).closed).isEqualTo(1);
    assertThat(connector(1).closed).isZero();
  }

  @Test
  void requestReplacesTheConnectionsOfTheConfigurationInForce() {
    FakeTransport old = connect();

    conn.replaceConnections();
    FakeTransport made = connector(0).last();
    made.ready();
    call();

    assertThat(made).isNotSameAs(old);
    assertThat(old.terminated).isTrue();
    assertThat(made.streams).hasSize(1);
  }

  @Test
  void sameConnectionOptionsKeepTheConnectionAndChangeCalls() {
    FakeTransport old = connect();
    List<String> seen = new ArrayList<>();
    ChannelConfiguration next = new ChannelConfiguration(
        fakes.interceptor("new", seen).options(), this::newConnector, this::newThreads, "first");

    conn.reconfigure(next);
    call();

    assertThat(seen).containsExactly("new");
    assertThat(old.streams).hasSize(1);
    assertThat(connectors).hasSize(1);
    assertThat(fakes.resolver.resolvers).hasSize(1);
  }

  @Test
  void callThatWasMadeBeforeAndIsStartedAfterwardsRuns() {
    FakeTransport old = connect();
    ClientCall<byte[], byte[]> made = conn.newCall(METHOD, CallOptions.DEFAULT);
    reconfigure("second");
    fakes.resolver.send(2);
    connector(1).last().ready();
    assertThat(old.terminated).isTrue();

    Closed call = start(made);

    connector(1).last().streams.get(0).close(Status.NOT_FOUND);
    assertThat(call.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void channelThatHasNoConnectionUsesTheNewConfigurationAtOnce() {
    Closed waiting = call();
    fakes.resolver.send(1);
    FakeTransport dialed = connector(0).last();

    reconfigure("second");

    assertThat(dialed.terminated).isTrue();
    assertThat(connector(0).closed).isEqualTo(1);
    fakes.resolver.send(2);
    connector(1).last().ready();
    assertThat(connector(1).last().streams).hasSize(1);
    assertThat(waiting.statuses).isEmpty();
  }

  @Test
  void callThatWaitsForTheServiceConfigGetsTheOneOfTheNewResolver() {
    Closed waiting = call();
    reconfigure("second");

    fakes.resolver.send(
        Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", "1s"))), 2);
    connector(1).last().ready();

    assertThat(connector(1).last().streams)
        .singleElement()
        .satisfies(stream -> assertThat(stream.headers.deadline()).isNotNull());
    assertThat(waiting.statuses).isEmpty();
  }

  @Test
  void idleChannelStaysIdleAndConnectsWithTheNewConfiguration() {
    reconfigure("second");

    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
    assertThat(connector(0).closed).isEqualTo(1);
    call();
    fakes.resolver.send(2);
    connector(1).last().ready();
    assertThat(connector(1).last().streams).hasSize(1);
    assertThat(connector(0).dials).isEmpty();
  }

  @Test
  void configurationThatCannotConnectDoesNotEndConnectionsAndIsWarnedOfOnce() {
    FakeTransport old = connect();
    reconfigure("second");
    fakes.resolver.send(2);
    connector(1).last().fail("connection refused");
    fakes.clock.advance(Duration.ofMinutes(1));
    connector(1).last().fail("connection refused");

    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);
    call();
    assertThat(old.streams).hasSize(1);
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .contains("has no connection")
        .contains("connection refused");
    old.goAway();

    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    assertThat(conn.snapshot().failure()).contains("connection refused");
    assertThat(call().only().getDescription()).contains("connection refused");
  }

  @Test
  void badConfigurationLeavesTheOldOneInForceAndHoldsNothing() {
    FakeTransport old = connect();
    fakes.resolver.throwsOnMake = new IllegalArgumentException("no such name");

    assertThatThrownBy(() -> reconfigure("second")).hasMessage("no such name");

    assertThat(connector(1).closed).isEqualTo(1);
    assertThat(releases).isEqualTo(leases - 1);
    call();
    assertThat(old.streams).hasSize(1);
  }

  @Test
  void configurationWhosePolicyThrewIsTriedAgainWhenItIsAppliedAgain() {
    connect();
    withPolicyThatThrows(broken -> {
      conn.reconfigure(broken);
      fakes.resolver.send(2);
    });
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);

    withPolicy(repaired -> {
      conn.reconfigure(repaired);
      fakes.resolver.send(2);
    });

    connector(2).last().ready();
    call();
    assertThat(connector(2).last().streams).hasSize(1);
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);
  }

  @Test
  void channelWhosePolicyThrewWorksAgainWithTheSameConfiguration() {
    withPolicyThatThrows(broken -> {
      conn.reconfigure(broken);
      conn.getState(true);
      fakes.resolver.send(1);
    });
    assertThat(call().only().getCode()).isEqualTo(Status.Code.INTERNAL);

    withPolicy(repaired -> {
      conn.reconfigure(repaired);
      fakes.resolver.send(2);
    });
    connector(2).last().ready();

    assertThat(call().statuses).isEmpty();
    assertThat(connector(2).last().streams).hasSize(1);
  }

  private void withPolicyThatThrows(Consumer<ChannelConfiguration> use) {
    FakePolicy policy = new FakePolicy();
    policy.throwFrom("acceptResolvedAddresses", new NoSuchMethodError("broken"));
    with(policy, use);
  }

  private void withPolicy(Consumer<ChannelConfiguration> use) {
    with(new FakePolicy(), use);
  }

  private void with(FakePolicy policy, Consumer<ChannelConfiguration> use) {
    policy.register();
    try {
      use.accept(configuration(fakes.policy(FakePolicy.NAME), "with the policy"));
    } finally {
      policy.deregister();
    }
  }

  @Test
  void onlyTheLastOfSeveralConfigurationsIsUsed() {
    FakeTransport old = connect();
    for (int i = 1; i <= 5; i++) {
      reconfigure(i);
      fakes.resolver.send(10 + i);
    }
    assertThat(connectors).hasSize(6);
    assertThat(connectors.subList(1, 5))
        .allSatisfy(dropped -> assertThat(dropped.closed).isEqualTo(1));

    connector(5).last().ready();

    call();
    assertThat(connector(5).last().port()).isEqualTo(15);
    assertThat(connector(5).last().streams).hasSize(1);
    assertThat(old.terminated).isTrue();
    assertThat(conn.snapshot().subchannels()).hasSize(1);
  }

  @Test
  void watchersOfTheStateSeeNoChangeWhileOneConnectionFollowsTheOther() {
    connect();
    List<String> changes = new ArrayList<>();
    conn.notifyWhenStateChanged(ConnectivityState.READY, () -> changes.add("changed"));

    reconfigure("second");
    fakes.resolver.send(2);
    connector(1).last().ready();

    assertThat(changes).isEmpty();
    connector(1).last().goAway();
    assertThat(changes).hasSize(1);
  }

  @Test
  void shutdownEndsBothAndReleasesEverythingOnce() {
    FakeTransport old = connect();
    Closed running = call();
    reconfigure("second");
    fakes.resolver.send(2);
    FakeTransport dialed = connector(1).last();

    conn.shutdown();

    assertThat(dialed.terminated).isTrue();
    assertThat(conn.isTerminated()).isFalse();
    old.last().close(Status.NOT_FOUND);
    assertThat(running.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(conn.isTerminated()).isTrue();
    assertThat(connectors).allSatisfy(each -> assertThat(each.closed).isEqualTo(1));
    assertThat(releases).isEqualTo(leases);
  }

  @Test
  void shutdownNowEndsCallsOfEveryConfiguration() {
    connect();
    Closed first = call();
    reconfigure("second");
    fakes.resolver.send(2);
    connector(1).last().ready();
    Closed second = call();

    conn.shutdownNow();

    assertThat(first.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(second.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(conn.isTerminated()).isTrue();
    assertThat(connectors).allSatisfy(each -> assertThat(each.closed).isEqualTo(1));
  }

  @Test
  void channelThatIsShutDownTakesNoConfiguration() {
    conn.shutdown();

    assertThat(reconfigure("second")).isFalse();
    assertThat(connectors).hasSize(1);
  }

  @Test
  void idlenessIsThatOfTheNewConfiguration() {
    connect();
    conn.reconfigure(configuration(fakes.idleTimeout(Duration.ofSeconds(4)), "second"));
    fakes.resolver.send(2);
    connector(1).last().ready();

    fakes.clock.advance(Duration.ofSeconds(6));

    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
    assertThat(connector(1).last().terminated).isTrue();
  }

  @Test
  void enterIdleDoesNotWaitForAConfigurationThatConnects() {
    FakeTransport old = connect();
    reconfigure("second");
    fakes.resolver.send(2);

    conn.enterIdle();

    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
    assertThat(old.terminated).isTrue();
    assertThat(connector(1).last().terminated).isTrue();
    call();
    fakes.resolver.send(3);
    assertThat(connector(1).last().port()).isEqualTo(3);
  }

  @Test
  void restartOpensAChannelAnewThatWasShutDown() {
    connect();
    assertThat(conn.restart()).isFalse();
    conn.shutdown();
    assertThat(conn.isTerminated()).isTrue();
    assertThat(call().only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(conn.restart()).isTrue();

    assertThat(conn.isShutdown()).isFalse();
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
    Closed call = call();
    fakes.resolver.send(1);
    connector(1).last().ready();
    connector(1).last().streams.get(0).close(Status.NOT_FOUND);
    assertThat(call.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(releases).isEqualTo(1);
  }

  @Test
  void restartLeavesCallsOfTheTimeBeforeToTheirEnd() {
    FakeTransport old = connect();
    Closed running = call();
    conn.shutdown();

    conn.restart();
    conn.shutdownNow();

    assertThat(conn.isTerminated()).isTrue();
    assertThat(running.statuses).isEmpty();
    old.last().close(Status.NOT_FOUND);
    assertThat(running.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(releases).isEqualTo(2);
  }

  @Test
  void quietIsReportedWhenTheLastCallHasEnded() {
    FakeTransport transport = connect();
    List<String> events = new ArrayList<>();
    call();
    call();
    conn.notifyWhenQuiet(() -> events.add("quiet"));
    transport.streams.get(0).close(Status.NOT_FOUND);
    assertThat(events).isEmpty();

    transport.streams.get(1).close(Status.NOT_FOUND);

    assertThat(events).containsExactly("quiet");
    conn.notifyWhenQuiet(() -> events.add("quiet at once"));
    assertThat(events).containsExactly("quiet", "quiet at once");
    call();
    assertThat(transport.streams).hasSize(3);
  }

  private Closed call() {
    return start(conn.newCall(METHOD, CallOptions.DEFAULT));
  }

  private static Closed start(ClientCall<byte[], byte[]> call) {
    Closed closed = new Closed();
    call.start(closed, new Metadata());
    call.sendMessage(new byte[] {1});
    call.halfClose();
    return closed;
  }

  private static final class Closed extends ClientCall.Listener<byte[]> {
    private final List<Status> statuses = new ArrayList<>();

    @Override
    public void onClose(Status status, Metadata trailers) {
      statuses.add(status);
    }

    Status only() {
      assertThat(statuses).hasSize(1);
      return statuses.get(0);
    }
  }
}
