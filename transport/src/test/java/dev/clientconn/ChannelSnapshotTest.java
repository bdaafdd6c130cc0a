// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.channel.ChannelHarness;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportEvent.Kind;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Asserts what a channel reports of itself, over connections that the test makes. */
class ChannelSnapshotTest {

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.unary("pkg.Greeter/Hello");

  private final ChannelHarness fakes = new ChannelHarness();
  private final ClientConn conn = ClientConn.open(fakes.configuration());

  private void call(CallOptions options) {
    ClientCall<byte[], byte[]> call = conn.newCall(METHOD, options);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(new byte[1]);
    call.halfClose();
  }

  private FakeTransport ready() {
    conn.getState(true);
    fakes.resolver.send(1);
    FakeTransport transport = fakes.connector.last();
    transport.ready();
    return transport;
  }

  private static Counters bytesSent(long bytes) {
    return Counters.NONE.plus(new Counters(
        0,
        0,
        Map.of("CANCEL", 1L),
        Map.of(),
        Map.of(),
        Map.of(),
        bytes,
        0,
        0,
        0,
        TimeTotal.NONE,
        0,
        0));
  }

  private List<Kind> kinds() {
    return conn.snapshot().events().stream().map(TransportEvent::kind).toList();
  }

  private List<StreamSnapshot> streams() {
    CompletableFuture<List<StreamSnapshot>> future = conn.streamSnapshots();
    fakes.clock.advance(Duration.ZERO);
    assertThat(future).isDone();
    return future.join();
  }

  @Conforms("C170")
  @Test
  void channelThatNeverConnectedHasAnEmptySnapshot() {
    ClientConnSnapshot snapshot = conn.snapshot();

    assertThat(snapshot.state()).isEqualTo(ConnectivityState.IDLE);
    assertThat(snapshot.subchannels()).isEmpty();
    assertThat(snapshot.totals().counters()).isEqualTo(Counters.NONE);
    assertThat(snapshot.totals().attempts()).isEmpty();
    assertThat(snapshot.events()).isEmpty();
    assertThat(streams()).isEmpty();
  }

  @Conforms("C161")
  @Test
  void eventsFollowTheChannel() {
    FakeTransport transport = ready();
    assertThat(kinds())
        .containsExactly(
            Kind.CHANNEL_STATE, Kind.NAME_RESOLVED, Kind.CONNECTING, Kind.CHANNEL_STATE);
    assertThat(conn.snapshot().events().get(1).text()).startsWith("1 address: ").endsWith(":1");
    assertThat(conn.snapshot().events().get(2).connectionId()).isEqualTo(transport.id());

    transport.goAway();
    assertThat(kinds()).contains(Kind.DRAINING);
  }

  @Test
  void sameAddressesAgainAreNoEvent() {
    ready();
    fakes.resolver.send(1);
    fakes.resolver.send(1);
    assertThat(kinds()).containsOnlyOnce(Kind.NAME_RESOLVED);

    fakes.resolver.send(1, 2);
    assertThat(kinds()).endsWith(Kind.NAME_RESOLVED).hasSize(5);
  }

  @Conforms("C171")
  @Test
  void onlyTheLastHundredEventsAreRetained() {
    for (int i = 0; i < 130; i++) {
      fakes.recorder.event(Kind.SETTINGS_CHANGED, i, "line\nfeed " + i);
    }
    ClientConn other = ClientConn.open(fakes.configuration());
    assertThat(other.snapshot().events()).isEmpty();

    assertThat(fakes.recorder.events())
        .hasSize(ClientConnSnapshot.MAX_EVENTS)
        .extracting(TransportEvent::text)
        .startsWith("line feed 30")
        .endsWith("line feed 129");
  }

  @Test
  void longTextsOfEventsAreShortened() {
    fakes.recorder.event(Kind.GOAWAY, 1, "x".repeat(5_000));
    assertThat(fakes.recorder.events().get(0).text()).hasSize(TransportEvent.MAX_TEXT);
  }

  @Conforms("C171")
  @Test
  void totalsIncludeConnectionsThatHaveEnded() {
    FakeTransport first = ready();
    first.counters = bytesSent(10);
    assertThat(conn.snapshot().totals().counters()).isEqualTo(bytesSent(10));

    first.fail("lost");
    assertThat(conn.snapshot().totals().counters()).isEqualTo(bytesSent(10));

    conn.getState(true);
    FakeTransport second = fakes.connector.last();
    second.counters = bytesSent(5);
    Counters both = conn.snapshot().totals().counters();
    assertThat(both.bytesSent()).isEqualTo(15);
    assertThat(both.resetsSent()).containsExactly(entry("CANCEL", 2L));
  }

  @Test
  void totalsOutliveARestart() {
    FakeTransport transport = ready();
    transport.counters = bytesSent(10);
    conn.shutdownNow();
    assertThat(conn.snapshot().totals().counters().bytesSent()).isEqualTo(10);

    assertThat(conn.restart()).isTrue();

    assertThat(conn.snapshot().totals().counters().bytesSent()).isEqualTo(10);
    assertThat(conn.snapshot().totals().resolutions()).containsKey(ResolutionOutcome.SUCCESS);
  }

  @Test
  void lookUpsAreTimedByTheirOutcome() {
    conn.getState(true);
    fakes.clock.advance(Duration.ofMillis(30));
    fakes.resolver.last().fail("no such host");
    assertThat(conn.snapshot().totals().resolutions())
        .containsExactly(entry(ResolutionOutcome.FAILURE, new TimeTotal(1, 30_000_000)));
    assertThat(conn.snapshot().events())
        .filteredOn(event -> event.kind() == Kind.NAME_RESOLUTION_FAILED)
        .singleElement()
        .satisfies(event -> assertThat(event.text()).contains("no such host"));

    // A result that the resolver sends unasked is an event, and does not count as a look-up.
    fakes.resolver.send(1);
    assertThat(conn.snapshot().totals().resolutions()).hasSize(1);
    assertThat(kinds()).contains(Kind.NAME_RESOLVED);
  }

  @Test
  void callsWithoutAStreamAreListedWithTheirCause() {
    call(CallOptions.DEFAULT);
    assertThat(streams()).singleElement().satisfies(call -> {
      assertThat(call.method()).isEqualTo("pkg.Greeter/Hello");
      assertThat(call.state()).isEqualTo(StreamSnapshot.State.WAITING);
      assertThat(call.blockedOn()).isEqualTo(WaitCause.NAME_RESOLUTION);
    });

    fakes.resolver.send(1);
    assertThat(streams())
        .extracting(StreamSnapshot::blockedOn)
        .containsExactly(WaitCause.CONNECTING);

    fakes.connector.last().ready();
    assertThat(streams()).isEmpty();
  }

  @Test
  void callsThatWaitForCredentialsAreListed() {
    ready();
    call(CallOptions.DEFAULT.withCallCredentials(new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo info, Executor executor, MetadataApplier applier) {
        // Never responds.
      }
    }));

    assertThat(streams())
        .extracting(StreamSnapshot::blockedOn)
        .containsExactly(WaitCause.CREDENTIALS);
    conn.shutdownNow();
    assertThat(streams()).isEmpty();
  }

  @Test
  void listThatIsUnderWayIsCompletedByAShutdown() {
    FakeTransport transport = ready();
    CompletableFuture<List<StreamSnapshot>> part = new CompletableFuture<>();
    transport.streamList = () -> part;
    CompletableFuture<List<StreamSnapshot>> list = conn.streamSnapshots();
    assertThat(list).isNotDone();

    conn.shutdownNow();
    part.complete(List.of());

    assertThat(list).isCompletedWithValue(List.of());
    assertThat(conn.snapshot().state()).isEqualTo(ConnectivityState.SHUTDOWN);
  }

  @Test
  void failureOfASubchannelIsShownUntilItIsReady() {
    conn.getState(true);
    fakes.resolver.send(1);
    fakes.connector.last().fail("refused");
    assertThat(conn.snapshot().subchannels().get(0).failure()).isEqualTo("refused");
    assertThat(conn.snapshot().failure()).isEqualTo("refused");
  }
}
