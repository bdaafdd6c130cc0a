// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeTransport;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubchannelChannelTest {
  private static final Duration AGE = Duration.ofMinutes(10);

  private final FakePolicy policy = new FakePolicy();
  private final ChannelHarness harness = new ChannelHarness()
      .policy(FakePolicy.NAME)
      .connections(new ConnectionOptions(AGE.toNanos(), Duration.ofHours(1).toNanos()));
  private final List<Status> ends = new ArrayList<>();

  @BeforeEach
  void register() {
    policy.register();
  }

  @AfterEach
  void deregister() {
    policy.deregister();
  }

  @Test
  void callIsSentOverTheSubchannelsOwnConnection() {
    FakeTransport connection = connect();

    startCall();
    connection.last().respond("healthy");

    assertThat(connection.last().headers.method()).isSameAs(ChannelHarness.METHOD);
    assertThat(ends).containsExactly(Status.OK);
  }

  @Test
  void callFailsWhileTheSubchannelIsNotReady() {
    connectUpTo();

    startCall();

    assertThat(ends).singleElement().satisfies(end -> {
      assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(end.getDescription()).isEqualTo("The subchannel is not READY");
    });
  }

  @Test
  void callThatWaitsForReadyFails() {
    connect();

    start(channel().newCall(ChannelHarness.METHOD, CallOptions.DEFAULT.withWaitForReady()));

    assertThat(ends)
        .singleElement()
        .satisfies(end -> assertThat(end.getDescription())
            .isEqualTo("A call over a subchannel's own connection cannot wait for ready"));
  }

  @Conforms("C132")
  @Test
  void callPassesNoInterceptorAndNoServiceConfigAndIsNotReported() {
    List<String> seen = new ArrayList<>();
    harness
        .interceptor("interceptor", seen)
        .serviceConfig(
            Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", "1s"))));
    harness.reportListeners.add(report -> seen.add("report"));
    FakeTransport connection = connect();

    startCall();
    assertThat(connection.last().headers.deadline()).isNull();
    connection.last().close(Status.OK);

    assertThat(seen).isEmpty();
  }

  @Test
  void callDoesNotKeepTheChannelFromTermination() {
    connect();
    startCall();
    assertThat(harness.control().calls().isQuiet()).isTrue();

    harness.shutdown();

    assertEndedBySubchannel();
    assertThat(harness.isTerminated()).isTrue();
  }

  @Test
  void subchannelThatIsShutDownEndsACallThatIsNotHalfClosed() {
    connect();
    ClientCall<byte[], byte[]> call = channel().newCall(ChannelHarness.METHOD, CallOptions.DEFAULT);
    call.start(listener(), new Metadata());

    harness.control().execute(policy.subchannel()::shutdown);

    assertEndedBySubchannel();
    startCall();
    assertThat(ends).hasSize(2);
  }

  @Test
  void callEndsThatTheSubchannelEndsWhileItStarts() {
    connect();
    List<SubchannelCall> starting = new ArrayList<>();
    SubchannelCall call = new SubchannelCall(
        policy.subchannel(),
        new AddrConnView(),
        started -> {
          starting.add(started);
          started.end(Status.ABORTED);
          return null;
        },
        starting::remove);

    call.callStarted();
    FakePick pick = new FakePick(false);
    call.pick(pick);

    assertThat(pick.failed()).isSameAs(Status.ABORTED);
  }

  @Test
  void callOfADrainingConnectionMayFinish() {
    FakeTransport connection = connect();
    startCall();

    connection.goAway();

    assertThat(policy.states).endsWith(IDLE);
    assertThat(ends).isEmpty();
    connection.last().respond("healthy");
    assertThat(ends).containsExactly(Status.OK);
  }

  @Test
  void replacementOfTheConnectionLetsThePolicyStartItsCallsAgain() {
    FakeTransport old = connect();
    startCall();
    policy.states.clear();

    harness.clock.advance(AGE);
    harness.connector.last().ready();
    assertThat(policy.states).containsExactly(IDLE);
    policy.subchannel().requestConnection();

    assertThat(policy.states).containsExactly(IDLE, CONNECTING, READY);
    assertThat(harness.connector.dials).hasSize(2);
    startCall();
    assertThat(harness.connector.last().open()).hasSize(1);
    assertThat(old.open()).hasSize(1);
  }

  @Test
  void replacementIsNotReportedToAPolicyWithoutCalls() {
    connect();
    startCall();
    harness.connector.last().last().close(Status.OK);
    policy.states.clear();

    harness.clock.advance(AGE);
    harness.connector.last().ready();

    assertThat(policy.states).isEmpty();
  }

  @Test
  void callThatWaitsForASlotFailsWithTheLastConnection() {
    harness.maxConnections(2);
    connectUpTo();
    FakeTransport full = harness.connector.last();
    full.limit(1);
    full.ready();
    startCall();
    startCall();
    assertThat(full.open()).hasSize(1);
    assertThat(ends).isEmpty();

    harness.connector.last().fail("refused");
    full.fail("reset");

    assertThat(ends)
        .extracting(Status::getDescription)
        .containsExactlyInAnyOrder("reset", "The subchannel is not READY");
  }

  @Test
  void callTakesTheSlotThatBecomesFree() {
    harness.maxConnections(2);
    connectUpTo();
    FakeTransport full = harness.connector.last();
    full.limit(1);
    full.ready();
    startCall();
    startCall();

    full.last().respond("healthy");

    assertThat(full.streams).hasSize(2);
    assertThat(ends).containsExactly(Status.OK);
  }

  private FakeTransport connect() {
    connectUpTo();
    FakeTransport connection = harness.connector.last();
    connection.ready();
    return connection;
  }

  /** Until the connection is dialed. */
  private void connectUpTo() {
    harness.connect();
    harness.resolver.send(1);
  }

  private Channel channel() {
    return policy.subchannel().asChannel();
  }

  private void startCall() {
    start(channel().newCall(ChannelHarness.METHOD, CallOptions.DEFAULT));
  }

  private void start(ClientCall<byte[], byte[]> call) {
    call.start(listener(), new Metadata());
    call.request(2);
    call.sendMessage(new byte[0]);
    call.halfClose();
  }

  private ClientCall.Listener<byte[]> listener() {
    return new ClientCall.Listener<>() {
      @Override
      public void onClose(Status status, Metadata trailers) {
        ends.add(status);
      }
    };
  }

  private void assertEndedBySubchannel() {
    assertThat(ends).singleElement().satisfies(end -> {
      assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(end.getDescription())
          .isEqualTo("The load-balancing policy no longer uses this connection");
    });
  }
}
