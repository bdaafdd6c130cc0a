// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import dev.clientconn.boot.test.greeter.Greeting;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shows what a call of a {@link ClientConn} sees of each fault: the status and its text. */
@NullUnmarked
class FaultyServerTest {

  private static final byte[] GREETING =
      Greeting.newBuilder().setText("Hello").build().toByteArray();

  private static final byte[] HTTP_1 =
      "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final GreetRequest REQUEST =
      GreetRequest.newBuilder().setName("Ada").build();

  @RegisterExtension
  static final FaultyServer SERVER = new FaultyServer();

  private ClientConn channel;

  private GreeterBlockingStub greeter;

  @BeforeEach
  void connect() {
    this.channel = ClientConnBuilder.forTarget(SERVER.address()).usePlaintext().build();
    this.greeter = GreeterGrpc.newBlockingStub(this.channel);
  }

  @AfterEach
  void disconnect() {
    this.channel.shutdownNow();
  }

  @Test
  void respondsWithAnEmptyMessageUnlessATestSaysOtherwise() {
    assertThat(this.greeter.greet(REQUEST)).isEqualTo(Greeting.getDefaultInstance());
    assertThat(SERVER.receivedCalls()).isOne();
    assertThat(SERVER.acceptedConnections()).isOne();
  }

  @Test
  void respondsWithAMessage() {
    SERVER.onCall(call -> call.respond(GREETING));

    assertThat(this.greeter.greet(REQUEST).getText()).isEqualTo("Hello");
  }

  @Test
  void scriptReadsMethodAndMetadata() {
    SERVER.onCall(call -> call.end(Status.ABORTED.withDescription(
        call.method() + " by " + call.metadata("user-agent").replaceAll("/.*", ""))));

    assertFailure(Status.Code.ABORTED, "clientconn.test.v1.Greeter/Greet by grpc-java-clientconn");
  }

  @Test
  void statusHasItsDescription() {
    SERVER.onCall(call -> call.end(Status.NOT_FOUND.withDescription("100 % für Ada\n")));

    assertFailure(Status.Code.NOT_FOUND, "100 % für Ada\n");
  }

  @Test
  void resetStreamHasTheErrorCode() {
    SERVER.onCall(call -> call.resetStream(Http2Error.ENHANCE_YOUR_CALM));

    assertFailure(
        Status.Code.RESOURCE_EXHAUSTED,
        "stream terminated by RST_STREAM with error code: ENHANCE_YOUR_CALM");
  }

  @Test
  void refusedStreamIsSentAgain() {
    SERVER.onNextCalls(call -> call.resetStream(Http2Error.REFUSED_STREAM));

    assertThat(this.greeter.greet(REQUEST)).isEqualTo(Greeting.getDefaultInstance());
    assertThat(SERVER.receivedCalls()).isEqualTo(2);
  }

  @Test
  void goAwayBelowTheCallSendsItAgainOnAnotherConnection() {
    SERVER.onNextCalls(call -> call.goAway(0, Http2Error.NO_ERROR, "maintenance"));

    assertThat(this.greeter.greet(REQUEST)).isEqualTo(Greeting.getDefaultInstance());
    assertThat(SERVER.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void goAwayAboveTheCallLetsItComplete() {
    SERVER.onNextCalls(call -> {
      call.goAway(call.streamId(), Http2Error.NO_ERROR, "maintenance");
      call.respond(GREETING);
    });

    assertThat(this.greeter.greet(REQUEST).getText()).isEqualTo("Hello");
    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();
    assertThat(SERVER.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void repeatedGoAwayFailsTheCallWithItsText() {
    SERVER.onCall(call -> call.goAway(0, Http2Error.NO_ERROR, "maintenance"));

    assertFailure(Status.Code.UNAVAILABLE, "code NO_ERROR, debug data \"maintenance\"");
  }

  @Test
  void goAwayWithAnErrorExplainsTheClose() {
    SERVER.onCall(call -> {
      call.goAway(call.streamId(), Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
      call.closeConnection();
    });

    assertFailure(Status.Code.UNAVAILABLE, "code ENHANCE_YOUR_CALM, debug data \"too_many_pings\"");
  }

  @Test
  void goAwayBetweenCallsIsNotNoticedByThem() {
    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();

    SERVER.goAway(Http2Error.NO_ERROR, "maintenance");

    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();
  }

  @Test
  void closeDuringTheResponseFailsTheCall() {
    SERVER.onCall(call -> {
      call.sendHalfOfMessage(GREETING);
      call.closeConnection();
    });

    assertFailure(Status.Code.UNAVAILABLE, "lost: the server closed it");
  }

  @Test
  void resetOfTheConnectionFailsTheCall() {
    SERVER.onCall(FaultyCall::resetConnection);

    assertFailure(Status.Code.UNAVAILABLE, "lost: Connection reset");
  }

  @Test
  void closeBetweenMessagesOfAStreamFailsItAfterThem() {
    SERVER.onCall(call -> {
      call.sendMessage(GREETING);
      call.after(Duration.ofMillis(1), call::closeConnection);
    });
    Iterator<Greeting> greetings = this.greeter.greetAll(REQUEST);

    assertThat(greetings.next().getText()).isEqualTo("Hello");
    assertThat(catchThrowableOfType(StatusRuntimeException.class, greetings::hasNext))
        .hasMessageContaining("lost: the server closed it");
  }

  @Test
  void endInTheMiddleOfAMessageFailsTheCall() {
    SERVER.onCall(call -> {
      call.sendHalfOfMessage(GREETING);
      call.end(Status.OK);
    });

    assertFailure(Status.Code.INTERNAL, "in the middle of a message");
  }

  @Test
  void okWithoutAMessageFailsTheCall() {
    SERVER.onCall(call -> {
      call.sendHeaders();
      call.end(Status.OK);
    });

    assertFailure(Status.Code.INTERNAL, "with OK and without a message");
  }

  @Test
  void garbageFailsTheCall() {
    SERVER.onCall(call -> call.sendBytes(HTTP_1));

    assertFailure(Status.Code.UNAVAILABLE, "HTTP/2 connection error");
  }

  @Test
  void silenceExpiresTheDeadline() {
    SERVER.onCall(call -> {});
    Connections.await(this.channel);

    assertExpires("[waited for the server's response; ");
  }

  @Test
  void emptyStreamWindowHoldsTheRequest() {
    SERVER.onConnection(connection -> connection.initialStreamWindow(0)).onCall(call -> {});
    Connections.await(this.channel);

    assertExpires("[waited for the stream's send window; ");
  }

  @Test
  void withheldWindowUpdatesHoldALargeRequest() {
    SERVER.onConnection(ConnectionBehavior::withholdWindowUpdates).onCall(call -> {});
    Connections.await(this.channel);

    assertExpires(REQUEST.toBuilder().setName("A".repeat(200_000)).build(), "send window; ");
  }

  @Test
  void windowOfTheConnectionHoldsCallsTogether() throws InterruptedException {
    CountDownLatch firstCall = new CountDownLatch(1);
    SERVER
        .onConnection(ConnectionBehavior::withholdWindowUpdates)
        .onCall(call -> firstCall.countDown());
    GreetRequest half = REQUEST.toBuilder().setName("A".repeat(40_000)).build();

    GreeterGrpc.newFutureStub(this.channel).greet(half);
    // The second call may overtake the first one while both wait for the connection.
    assertThat(firstCall.await(60, TimeUnit.SECONDS)).isTrue();

    assertExpires(half, "[waited for the connection's send window; ");
  }

  @Test
  void windowUpdatesLetALargeRequestPass() {
    SERVER.onCall(call -> call.after(Duration.ofMillis(10), call::respondEmpty));

    GreetRequest large = REQUEST.toBuilder().setName("A".repeat(1_000_000)).build();
    assertThat(this.greeter.greet(large)).isEqualTo(Greeting.getDefaultInstance());
  }

  @Test
  void slotLimitHoldsFurtherCalls() {
    SERVER.onConnection(connection -> connection.maxConcurrentStreams(0));
    Connections.await(this.channel);

    assertExpires("[waited for a stream slot");
  }

  @Test
  void serverThatDoesNotReadHoldsNewCalls() {
    SERVER.onNextCalls(call -> {
      call.respond(GREETING);
      call.stopReading();
    });
    assertThat(this.greeter.greet(REQUEST).getText()).isEqualTo("Hello");

    assertExpires("[waited for the server's response; ");
  }

  @Test
  void missingSettingsHoldTheConnection() {
    SERVER.onConnection(ConnectionBehavior::neverSendSettings);

    assertExpires("or a connection to localhost");
  }

  @Test
  void delayedSettingsDelayTheCall() {
    SERVER.onConnection(connection -> connection.delaySettings(Duration.ofMillis(20)));

    assertThat(this.greeter.greet(REQUEST)).isEqualTo(Greeting.getDefaultInstance());
  }

  @Test
  void closeOnAcceptFailsTheCall() {
    SERVER.onConnection(ConnectionBehavior::close);

    assertFailure(Status.Code.UNAVAILABLE, "cannot connect to localhost");
  }

  @Test
  void http1IsRecognized() {
    SERVER.onConnection(connection -> connection.sendBytes(HTTP_1));

    assertFailure(Status.Code.UNAVAILABLE, "the server speaks HTTP/1, not HTTP/2");
  }

  @Test
  void tlsAlertToPlaintextIsRecognized() {
    SERVER.onConnection(ConnectionBehavior::sendTlsAlert);

    assertFailure(Status.Code.UNAVAILABLE, "the server speaks TLS, but this channel");
  }

  @Test
  void tlsAlertToTlsFailsTheHandshake() {
    SERVER.onConnection(ConnectionBehavior::sendTlsAlert);
    this.channel.shutdownNow();
    this.channel = ClientConnBuilder.forTarget(SERVER.address()).build();
    this.greeter = GreeterGrpc.newBlockingStub(this.channel);

    assertFailure(Status.Code.UNAVAILABLE, "handshake_failure");
  }

  @Test
  void ignoredPingsLetKeepaliveCloseTheConnection() {
    SERVER.onConnection(ConnectionBehavior::ignorePings).onCall(call -> {});
    this.channel.shutdownNow();
    this.channel = ClientConnBuilder.forTarget(SERVER.address())
        .usePlaintext()
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.MILLISECONDS)
        .build();
    this.greeter = GreeterGrpc.newBlockingStub(this.channel);

    assertFailure(Status.Code.UNAVAILABLE, "keepalive");
  }

  /** The deadline is only a limit of the test; faults end calls at once. */
  private void assertFailure(Status.Code code, String text) {
    GreeterBlockingStub stub = this.greeter.withDeadlineAfter(20, TimeUnit.SECONDS);
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> stub.greet(REQUEST));
    assertThat(failure).isNotNull();
    assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).contains(text);
  }

  private void assertExpires(String text) {
    assertExpires(REQUEST, text);
  }

  private void assertExpires(GreetRequest request, String text) {
    Connections.assertExpires(this.greeter, request, text);
  }
}
