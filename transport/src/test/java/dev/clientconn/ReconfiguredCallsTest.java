// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeConnector;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.testing.LoggedWarnings;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges the configuration of a channel, and looks at what its calls get from the new one. */
class ReconfiguredCallsTest {
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");
  private static final Map<String, ?> TIMEOUT =
      Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", "1s")));

  @RegisterExtension
  private final LoggedWarnings warnings = new LoggedWarnings();

  private final ChannelHarness fakes = new ChannelHarness();
  private final List<FakeConnector> connectors = new ArrayList<>();
  private final ClientConn conn = ClientConn.open(configuration(fakes));

  private ChannelConfiguration configuration(ChannelHarness of) {
    return new ChannelConfiguration(
        of.options(), this::newConnector, this::newThreads, new Object());
  }

  private FakeConnector newConnector() {
    FakeConnector connector = new FakeConnector();
    connectors.add(connector);
    return connector;
  }

  private ChannelThreads newThreads() {
    return new ChannelThreads(
        Runnable::run, Runnable::run, fakes.clock, fakes.clock::nanoTime, () -> {});
  }

  private void reconfigure() {
    conn.reconfigure(configuration(fakes));
  }

  private FakeTransport connect() {
    conn.getState(true);
    fakes.resolver.send(1);
    FakeTransport first = connectors.get(0).last();
    first.ready();
    return first;
  }

  @Test
  void callOfAnIdleChannelWaitsForTheServiceConfigOfTheNewResolver() {
    connect();
    conn.enterIdle();
    reconfigure();

    call();
    fakes.resolver.send(TIMEOUT, 2);
    connectors.get(1).last().ready();

    assertThat(connectors.get(1).last().last().headers.deadline()).isNotNull();
  }

  @Test
  void callWithoutConnectionWaitsForTheServiceConfigOfTheNewResolver() {
    connect().goAway();
    reconfigure();

    call();
    fakes.resolver.send(TIMEOUT, 2);
    connectors.get(1).last().ready();

    assertThat(connectors.get(1).last().last().headers.deadline()).isNotNull();
  }

  @Test
  void callThatWaitsForTheServiceConfigEndsWithTheChannel() {
    connect();
    conn.enterIdle();
    reconfigure();
    List<Status> ends = call();

    conn.shutdownNow();

    assertThat(ends).singleElement().extracting(Status::getCode).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(conn.isTerminated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void policyMayBeShutDownWhileItReportsThatItHasLostItsConnections(String policy) {
    fakes.policy(policy);
    reconfigure();
    conn.getState(true);
    fakes.resolver.send(1, 2);
    FakeConnector old = connectors.get(1);
    old.dials.forEach(FakeTransport::ready);
    reconfigure();
    fakes.resolver.send(3, 4);

    List.copyOf(old.dials).forEach(FakeTransport::goAway);

    assertThat(old.live()).isZero();
    assertThat(old.closed).isEqualTo(1);
    connectors.get(2).dials.forEach(FakeTransport::ready);
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void credentialsOfAnEarlierCallSeeTheAuthorityOfTheConnectionInUse() {
    connect();
    List<String> authorities = new ArrayList<>();
    ClientCall<byte[], byte[]> made = conn.newCall(
        METHOD, CallOptions.DEFAULT.withCallCredentials(new RecordedAuthorities(authorities)));
    conn.reconfigure(configuration(fakes.authority("other:2")));
    fakes.resolver.send(2);
    connectors.get(1).last().ready();

    start(made);

    assertThat(connectors.get(1).last().streams).hasSize(1);
    assertThat(authorities).containsExactly("other:2");
  }

  @Test
  void idleChannelReportsNoFailure() {
    conn.getState(true);
    fakes.resolver.send(1);
    connectors.get(0).last().fail("connection refused");
    assertThat(conn.snapshot().failure()).contains("connection refused");

    conn.enterIdle();

    assertThat(conn.snapshot().failure()).isNull();
  }

  private List<Status> call() {
    return start(conn.newCall(METHOD, CallOptions.DEFAULT));
  }

  private static List<Status> start(ClientCall<byte[], byte[]> call) {
    List<Status> ends = new ArrayList<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ends.add(status);
          }
        },
        new Metadata());
    call.sendMessage(new byte[] {1});
    call.halfClose();
    return ends;
  }

  private static final class RecordedAuthorities extends CallCredentials {
    private final List<String> authorities;

    RecordedAuthorities(List<String> authorities) {
      this.authorities = authorities;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
      authorities.add(call.getAuthority());
      applier.apply(new Metadata());
    }
  }
}
