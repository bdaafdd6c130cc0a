// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeTransport;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientConnTest {
  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");

  private static final Map<String, ?> ONE_SECOND =
      Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "timeout", "1s")));

  private final ChannelHarness fakes = new ChannelHarness();
  private final ClientConn conn = ClientConn.open(fakes.configuration());

  @Conforms("T003")
  @Test
  void firstCallConnectsAndRuns() {
    Closed call = call(CallOptions.DEFAULT);
    fakes.resolver.send(1);
    FakeTransport transport = fakes.connector.last();
    transport.ready();
    assertThat(transport.streams).hasSize(1);
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.READY);

    transport.streams.get(0).close(Status.NOT_FOUND);

    assertThat(call.statuses).extracting(Status::getCode).containsExactly(Status.Code.NOT_FOUND);
  }

  @Conforms("C005")
  @Test
  void theFirstCallWaitsForTheResolversServiceConfigAndObeysIt() {
    Closed first = call(CallOptions.DEFAULT);
    assertThat(fakes.resolver.last().started).isTrue();
    assertThat(conn.snapshot().waitingCalls()).isEqualTo(1);

    fakes.resolver.send(ONE_SECOND, 1);
    fakes.connector.last().ready();

    assertThat(conn.snapshot().waitingCalls()).isZero();
    assertThat(fakes.connector.last().streams).singleElement().satisfies(stream -> {
      assertThat(stream.headers.deadline()).isNotNull();
    });
    assertThat(first.statuses).isEmpty();
  }

  @Test
  void theFirstCallIsReleasedByAnErrorInPlaceOfAddresses() {
    Closed failFast = call(CallOptions.DEFAULT);
    Closed waitForReady = call(CallOptions.DEFAULT.withWaitForReady());

    fakes.resolver.last().fail("no such host");

    assertThat(failFast.only().getDescription()).contains("no such host");
    assertThat(waitForReady.statuses).isEmpty();
    fakes.resolver.send(ONE_SECOND, 1);
    fakes.connector.last().ready();
    assertThat(fakes.connector.last().streams).hasSize(1);
  }

  @Test
  void theFirstCallIsReleasedByAServiceConfigThatIsInvalid() {
    Closed first = call(CallOptions.DEFAULT);

    fakes.resolver.send(Map.of("methodConfig", "no list"), 1);

    assertThat(first.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void theFirstCallFailsWhenTheResolverThrows() {
    fakes.resolver.throwsOnStart = new IllegalStateException("broken resolver");

    Closed first = call(CallOptions.DEFAULT);

    assertThat(first.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(first.only().getDescription()).contains("broken resolver");
  }

  @Test
  void aCallThatWaitsForTheServiceConfigKeepsTheChannelFromIdleness() {
    Closed first = call(CallOptions.DEFAULT);

    conn.enterIdle();

    assertThat(fakes.resolver.resolvers).hasSize(2);
    assertThat(fakes.resolver.last().started).isTrue();
    fakes.resolver.send(ONE_SECOND, 1);
    fakes.connector.last().ready();
    fakes.connector.last().streams.get(0).close(Status.NOT_FOUND);
    assertThat(first.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void withoutLookUpTheDefaultServiceConfigIsKnownAtOnce() {
    ChannelHarness own = new ChannelHarness().serviceConfig(ONE_SECOND).withoutLookUp();
    ClientConn without = ClientConn.open(own.configuration());

    Closed closed = call(without, CallOptions.DEFAULT);
    own.clock.advance(Duration.ofSeconds(2));

    assertThat(closed.only().getDescription())
        .contains("waited for name resolution or a connection");
  }

  @Conforms("C001")
  @Test
  void stateIsReadWithoutConnectingUnlessRequested() {
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
    assertThat(fakes.resolver.last().started).isFalse();

    assertThat(conn.getState(true)).isEqualTo(ConnectivityState.IDLE);

    assertThat(fakes.resolver.last().started).isTrue();
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.CONNECTING);
  }

  @Test
  void callsAfterShutdownFailAndThoseBeforeGoOn() {
    Closed before = call(CallOptions.DEFAULT);
    fakes.resolver.send(1);

    assertThat(conn.shutdown()).isSameAs(conn);
    Closed after = call(CallOptions.DEFAULT.withWaitForReady());

    assertThat(conn.isShutdown()).isTrue();
    assertThat(conn.isTerminated()).isFalse();
    assertThat(after.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(after.only().getDescription()).isEqualTo("Channel shutdown invoked");
    fakes.connector.last().ready();
    fakes.connector.last().streams.get(0).close(Status.NOT_FOUND);
    assertThat(before.only().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(conn.isTerminated()).isTrue();
  }

  @Conforms("C007")
  @Test
  void shutdownNowEndsEveryCallWithTheReason() throws Exception {
    Closed open = call(CallOptions.DEFAULT);
    fakes.resolver.send(1);
    fakes.connector.last().ready();

    conn.shutdownNow();

    assertThat(open.only().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(open.only().getDescription()).contains("Channel shutdownNow invoked");
    assertThat(conn.awaitTermination(1, TimeUnit.NANOSECONDS)).isTrue();
    assertThat(fakes.connector.closed).isEqualTo(1);
    assertThat(fakes.released).isEqualTo(1);
  }

  @Test
  void callsAfterShutdownNowSayThatItWasNow() {
    conn.shutdownNow();

    Closed after = call(CallOptions.DEFAULT);

    assertThat(after.only().getDescription()).isEqualTo("Channel shutdownNow invoked");
  }

  @Test
  void awaitTerminationGivesUpInTime() throws Exception {
    Closed open = call(CallOptions.DEFAULT);
    conn.shutdown();

    assertThat(conn.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(open.statuses).isEmpty();
    conn.shutdownNow();
    assertThat(conn.isTerminated()).isTrue();
  }

  @Conforms({"J34", "J40", "T017", "C174"})
  @Test
  void snapshotHasTheStateOfEachConnection() {
    Closed waiting = call(CallOptions.DEFAULT);
    assertThat(conn.snapshot().waitingCalls()).isEqualTo(1);
    assertThat(conn.snapshot().subchannels()).isEmpty();
    fakes.resolver.send(7);
    fakes.connector.last().ready();

    assertThat(waiting.statuses).isEmpty();
    assertThat(conn.snapshot().target()).isEqualTo("fake:///server:1");
    assertThat(conn.snapshot().state()).isEqualTo(ConnectivityState.READY);
    assertThat(conn.snapshot().waitingCalls()).isZero();
    assertThat(conn.snapshot().subchannels()).singleElement().satisfies(subchannel -> {
      assertThat(subchannel.state()).isEqualTo(ConnectivityState.READY);
      assertThat(subchannel.connections()).singleElement().satisfies(connection -> {
        assertThat(connection.id()).isEqualTo(7);
        assertThat(connection.streams().active()).isEqualTo(1);
      });
    });
  }

  @Conforms("C001")
  @Test
  void watcherIsNotifiedOfTheNextState() {
    List<ConnectivityState> seen = new ArrayList<>();
    conn.notifyWhenStateChanged(ConnectivityState.IDLE, () -> seen.add(conn.getState(false)));

    conn.getState(true);
    conn.enterIdle();

    assertThat(seen).containsExactly(ConnectivityState.CONNECTING);
    assertThat(conn.getState(false)).isEqualTo(ConnectivityState.IDLE);
  }

  @Test
  void targetThatTheResolverRefusesGivesEverythingBack() {
    fakes.resolver.throwsOnMake = new IllegalArgumentException("no such name");

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> ClientConn.open(fakes.configuration()))
        .hasMessage("no such name");

    assertThat(fakes.connector.closed).isEqualTo(1);
    assertThat(fakes.released).isEqualTo(1);
  }

  @Test
  void anErrorWhileTheChannelIsBuiltGivesEverythingBackToo() {
    fakes.resolver.throwsOnMake = new NoClassDefFoundError("pkg/Resolver");

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> ClientConn.open(fakes.configuration()))
        .isInstanceOf(NoClassDefFoundError.class);

    assertThat(fakes.connector.closed).isEqualTo(1);
    assertThat(fakes.released).isEqualTo(1);
  }

  private Closed call(CallOptions options) {
    return call(conn, options);
  }

  private static Closed call(ClientConn on, CallOptions options) {
    Closed closed = new Closed();
    ClientCall<byte[], byte[]> call = on.newCall(METHOD, options);
    call.start(closed, new Metadata());
    call.request(1);
    call.sendMessage(new byte[0]);
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
