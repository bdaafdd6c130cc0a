// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.ConnectionBehavior;
import dev.clientconn.boot.test.FaultyServer;
import dev.clientconn.sample.SampleApplication;
import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

/**
 * Makes calls to a real server wait for each cause, and reads the cause where operators see it: the
 * status of a call, the meters, the snapshot, the events of the observation, and the live page.
 * What makes calls wait lasts until the cause has been seen everywhere: no time is assumed.
 */
@SpringBootTest(
    classes = SampleApplication.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.grpc.server.enabled=false",
      "grpc.client.targets.ports.address=localhost:1",
      "grpc.client.targets.trials.deadline=2m",
      "grpc.client.targets.trials.retry.methods[0].names=clientconn.sample.v1.Ports/ListPorts",
      "grpc.client.targets.trials.retry.methods[0].max-attempts=3",
      "grpc.client.targets.trials.retry.methods[0].initial-backoff=10m",
      "grpc.client.targets.trials.retry.methods[0].max-backoff=10m"
    })
@Import(ObservedWaits.class)
class WaitCausesTest {

  private static final Duration CUT_OFF = Duration.ofMillis(200);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final double NANOS = 1e9;

  private static final int LARGE = 16 << 20;

  private static final Pattern PART = Pattern.compile("(\\d+) ms ([a-z ]+)");

  /** SETTINGS that allow each stream 1 MiB, and the connection no more than before. */
  private static final byte[] LARGE_STREAM_WINDOWS = {
    0, 0, 6, 4, 0, 0, 0, 0, 0, /* INITIAL_WINDOW_SIZE */ 0, 4, 0, 0x10, 0, 0
  };

  private final FaultyServer server = new FaultyServer();
  private final Context.CancellableContext longCall = Context.ROOT.withCancellation();

  @GrpcClient("trials")
  @SuppressWarnings("NullAway.Init")
  private ClientConn channel;

  @GrpcClient("trials")
  @SuppressWarnings("NullAway.Init")
  private PortsStub ports;

  @Autowired
  @SuppressWarnings("NullAway.Init")
  private TrialNames names;

  @Autowired
  @SuppressWarnings("NullAway.Init")
  private MeterRegistry meters;

  @Autowired
  @SuppressWarnings("NullAway.Init")
  private ObservedWaits observed;

  @LocalServerPort
  private int port;

  @BeforeEach
  void connectToAnotherServer() {
    channel.enterIdle();
    // Later, where another thread changes the state of the channel at this moment.
    await().atMost(PATIENCE).until(() -> channel.getState(false) == ConnectivityState.IDLE);
    names.set(server.port(), Duration.ZERO);
  }

  @AfterEach
  void endCallsAndServer() {
    longCall.cancel(null);
    server.close();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TURN")
  void causeOfCallsThatWaitShowsEverywhere(WaitCause cause) throws Exception {
    prepare(cause);

    CompletableFuture<Status> longEnd = new CompletableFuture<>();
    long began = System.nanoTime();
    // What waits for the server must not wait for windows before.
    int bytes = cause == WaitCause.SERVER ? 1 : LARGE;
    longCall.run(() -> call(cause, bytes, ports.withDeadlineAfter(1, TimeUnit.HOURS), longEnd));
    eventually(() -> assertThat(channel.streamSnapshots().join())
        .extracting(StreamSnapshot::blockedOn)
        .containsExactly(cause));
    long untilBlocked = System.nanoTime() - began;
    eventually(() -> assertRisesByACall(cause));

    // Other causes had at most the time until then, however busy the machine was.
    await().atMost(PATIENCE).until(() -> System.nanoTime() - began > 3 * untilBlocked);
    longCall.cancel(null);
    assertStatus(cause, Status.Code.CANCELLED, longEnd);
    assertPage(cause);
  }

  /** The event loop does something else: it cannot even list its streams. */
  @Test
  void turnOfACallThatTheEventLoopDoesNotTakeShowsEverywhere() throws Exception {
    EventExecutor loop = loopOfTheConnection();
    eventually(() -> {
      Map<WaitCause, Double> metersBefore = meters();
      Map<WaitCause, Double> totalsBefore = totals();
      CountDownLatch free = new CountDownLatch(1);
      loop.execute(() -> awaitUninterruptibly(free));
      CompletableFuture<Status> end = cutOff(WaitCause.TURN);
      TimeUnit.NANOSECONDS.sleep(2 * CUT_OFF.toNanos());
      free.countDown();
      assertCutOff(WaitCause.TURN, end);
      assertRose(WaitCause.TURN, metersBefore, meters());
      assertRose(WaitCause.TURN, totalsBefore, totals());
    });
    assertPage(WaitCause.TURN);
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }

  // What makes calls wait

  private void prepare(WaitCause cause) {
    switch (cause) {
      case NAME_RESOLUTION -> names.set(server.port(), Duration.ofHours(1));
      case CONNECTING -> server.onConnection(ConnectionBehavior::neverSendSettings);
      case CREDENTIALS -> connect();
      case RETRY_BACKOFF -> {
        connect();
        server.onCall(call -> call.end(Status.UNAVAILABLE));
      }
      case STREAM_SLOT -> server.onConnection(connection -> connection.maxConcurrentStreams(0));
      case STREAM_WINDOW -> {
        server.onConnection(connection -> connection.initialStreamWindow(0));
        server.onCall(call -> {});
      }
      case CONNECTION_WINDOW -> {
        server.onConnection(ConnectionBehavior::withholdWindowUpdates);
        server.onNextCalls(call -> {
          call.sendBytes(LARGE_STREAM_WINDOWS);
          call.respondEmpty();
        });
        connect();
        server.onCall(call -> {});
      }
      case SOCKET -> {
        server.onConnection(connection -> connection.initialStreamWindow(2 * LARGE));
        server.onNextCalls(call -> {
          call.respondEmpty();
          call.after(Duration.ZERO, call::stopReading);
        });
        connect();
      }
      case TURN -> throw new IllegalArgumentException("needs more than a server");
      case APPLICATION, SERVER -> {
        connect();
        server.onCall(call -> {});
      }
    }
  }

  private void connect() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    call(WaitCause.SERVER, 0, ports, end);
    assertThat(end.join().isOk()).isTrue();
  }

  private EventExecutor loopOfTheConnection() {
    CompletableFuture<EventExecutor> loop = new CompletableFuture<>();
    ports
        .withExecutor(Runnable::run)
        .getPort(
            GetPortRequest.getDefaultInstance(),
            new Outcome<>(status -> loop.complete(ThreadExecutorMap.currentExecutor())));
    return loop.join();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Calls

  /** Makes a call that waits for a cause, once the server or its names do what they should. */
  private static void call(
      WaitCause cause, int bytes, PortsStub ports, CompletableFuture<Status> end) {
    GetPortRequest port =
        GetPortRequest.newBuilder().setLocode("X".repeat(bytes)).build();
    switch (cause) {
      case RETRY_BACKOFF ->
        ports.listPorts(ListPortsRequest.getDefaultInstance(), new Outcome<>(end::complete));
      case APPLICATION -> ports.measureVoyage(new Outcome<>(end::complete));
      case CREDENTIALS ->
        ports.withCallCredentials(new NoMetadata()).getPort(port, new Outcome<>(end::complete));
      default -> ports.getPort(port, new Outcome<>(end::complete));
    }
  }

  /** Makes a short call, which its deadline ends. */
  private CompletableFuture<Status> cutOff(WaitCause cause) {
    observed.clear();
    CompletableFuture<Status> end = new CompletableFuture<>();
    call(cause, 1, ports.withDeadlineAfter(CUT_OFF.toMillis(), TimeUnit.MILLISECONDS), end);
    return end;
  }

  /** Never supplies the metadata of a call. */
  private static final class NoMetadata extends CallCredentials {
    @Override
    public void applyRequestMetadata(
        RequestInfo request, Executor executor, MetadataApplier applier) {}
  }

  // What operators see

  /** Makes a call that its deadline ends, and compares the figures before it with those after. */
  private void assertRisesByACall(WaitCause cause) {
    Map<WaitCause, Double> metersBefore = meters();
    Map<WaitCause, Double> totalsBefore = totals();
    assertCutOff(cause, cutOff(cause));
    assertRose(cause, metersBefore, meters());
    assertRose(cause, totalsBefore, totals());
  }

  private void assertCutOff(WaitCause cause, CompletableFuture<Status> end) {
    assertStatus(cause, Status.Code.DEADLINE_EXCEEDED, end);
    assertThat(observed.events()).first().asString().matches("wait " + cause.id() + " [0-9.]+ ms");
  }

  /** The status text has more time for the cause than for all others. */
  private static void assertStatus(
      WaitCause cause, Status.Code code, CompletableFuture<Status> end) {
    Status status = end.join();
    assertThat(status.getCode()).isEqualTo(code);
    Map<WaitCause, Double> parts = new EnumMap<>(WaitCause.class);
    PART.matcher(String.valueOf(status.getDescription()))
        .results()
        .forEach(part -> parts.put(
            ofId(part.group(2).strip().replace(' ', '_')),
            Double.parseDouble(part.group(1)) / 1000));
    assertMostly(cause, parts);
  }

  private Map<WaitCause, Double> meters() {
    Map<WaitCause, Double> seconds = new EnumMap<>(WaitCause.class);
    for (WaitCause cause : WaitCause.values()) {
      seconds.put(
          cause,
          meters
              .get("grpc.transport.wait")
              .tags("target", "trials", "cause", cause.id())
              .functionTimer()
              .totalTime(TimeUnit.SECONDS));
    }
    return seconds;
  }

  private Map<WaitCause, Double> totals() {
    Map<WaitCause, Double> seconds = new EnumMap<>(WaitCause.class);
    channel.snapshot().waits().forEach((cause, total) -> seconds.put(cause, total.nanos() / NANOS));
    return seconds;
  }

  /** The page has the figures of a snapshot, and the call among the slowest ones. */
  @SuppressWarnings("unchecked")
  private void assertPage(WaitCause cause) throws Exception {
    Map<WaitCause, Double> earliest = totals();
    Map<String, Object> target;
    try (LiveEvents events = LiveEvents.open(port, "")) {
      target = events
          .targets("trials")
          .filter(shown -> earliest.keySet().stream()
              .allMatch(each -> seconds(each, pageTotals(shown)) >= seconds(each, earliest)))
          .findFirst()
          .orElseThrow();
    }
    Map<WaitCause, Double> latest = totals();
    assertThat(pageTotals(target))
        .allSatisfy((each, seconds) ->
            assertThat(seconds).as(each.id()).isLessThanOrEqualTo(seconds(each, latest)));
    assertThat((List<Map<String, Object>>) target.get("slowCalls"))
        .anySatisfy(
            call -> assertMostly(cause, byCause(call.get("nanosByCause"), Object::toString)));
  }

  private static Map<WaitCause, Double> pageTotals(Map<String, Object> target) {
    return byCause(target.get("waits"), total -> String.valueOf(((Map<?, ?>) total).get("nanos")));
  }

  private static Map<WaitCause, Double> byCause(
      @Nullable Object json, Function<Object, String> nanos) {
    Map<WaitCause, Double> seconds = new EnumMap<>(WaitCause.class);
    ((Map<?, ?>) Objects.requireNonNull(json))
        .forEach((id, value) ->
            seconds.put(ofId(String.valueOf(id)), Double.parseDouble(nanos.apply(value)) / NANOS));
    return seconds;
  }

  private static WaitCause ofId(String id) {
    return Stream.of(WaitCause.values())
        .filter(cause -> cause.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static double seconds(WaitCause cause, Map<WaitCause, Double> all) {
    return all.getOrDefault(cause, 0.0);
  }

  private static void assertRose(
      WaitCause cause, Map<WaitCause, Double> before, Map<WaitCause, Double> after) {
    Map<WaitCause, Double> difference = new EnumMap<>(after);
    before.forEach((each, seconds) -> difference.merge(each, -seconds, Double::sum));
    assertMostly(cause, difference);
  }

  /** The cause has about the time of a short call at least, and more than all others together. */
  private static void assertMostly(WaitCause cause, Map<WaitCause, Double> seconds) {
    double all = seconds.values().stream().mapToDouble(each -> each).sum();
    assertThat(seconds(cause, seconds))
        .as("%s in %s", cause, seconds)
        .isGreaterThan(all / 2)
        .isGreaterThan(CUT_OFF.toMillis() / 2000.0);
  }
}
