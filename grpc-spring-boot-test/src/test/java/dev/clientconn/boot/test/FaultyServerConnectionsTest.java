// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.test.greeter.GreetRequest;
import dev.clientconn.boot.test.greeter.GreeterGrpc;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterBlockingStub;
import dev.clientconn.boot.test.greeter.GreeterGrpc.GreeterFutureStub;
import dev.clientconn.boot.test.greeter.Greeting;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shows which connections a call uses when the script of the server changes. */
@NullUnmarked
class FaultyServerConnectionsTest {

  private static final byte[] GREETING =
      Greeting.newBuilder().setText("Hello").build().toByteArray();

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
  void resetReturnsAfterTheConnectionsHaveEnded() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean released = new AtomicBoolean();
    SERVER.onCall(call -> {
      held.countDown();
      awaitUninterruptibly(release);
    });
    GreeterGrpc.newFutureStub(this.channel).greet(REQUEST);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();

    Thread test = Thread.currentThread();
    Thread releaser = new Thread(() -> {
      while (test.getState() == Thread.State.RUNNABLE) {
        Thread.onSpinWait();
      }
      released.set(true);
      release.countDown();
    });
    releaser.start();
    SERVER.reset();

    assertThat(released.get()).isTrue();
    releaser.join();
  }

  @Test
  void callAfterTheResetFollowsTheNextScriptOnANewConnection() {
    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();

    SERVER.reset();
    SERVER
        .onNextCalls(call -> call.goAway(0, Http2Error.NO_ERROR, "maintenance"))
        .onCall(call -> call.respond(GREETING));

    assertThat(this.greeter.greet(REQUEST).getText()).isEqualTo("Hello");
    assertThat(SERVER.acceptedConnections()).isEqualTo(2);
    assertThat(SERVER.receivedCalls()).isEqualTo(2);
  }

  @Test
  void firstBehaviorOfATestReplacesConnectionsThatItsClientHas() {
    Connections.await(this.channel);

    SERVER.onConnection(connection -> connection.initialStreamWindow(0)).onCall(call -> {});
    Connections.await(this.channel);

    Connections.assertExpires(this.greeter, REQUEST, "[waited for the stream's send window; ");
    assertThat(SERVER.acceptedConnections()).isOne();
  }

  @Test
  void laterBehaviorLeavesConnectionsWithCalls() {
    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();

    SERVER.onConnection(ConnectionBehavior::close);

    assertThat(this.greeter.greet(REQUEST).getText()).isEmpty();
    assertThat(SERVER.acceptedConnections()).isOne();
  }

  @Test
  void callThatGoAwayExcludesIsNotReceivedOnItsConnection() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    SERVER.onNextCalls(call -> {
      held.countDown();
      awaitUninterruptibly(release);
      call.goAway(call.streamId(), Http2Error.NO_ERROR, "maintenance");
      call.respondEmpty();
    });
    SentRequests second = new SentRequests();
    GreeterFutureStub stub = GreeterGrpc.newFutureStub(this.channel);
    Future<Greeting> first = stub.greet(REQUEST);
    assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();

    Future<Greeting> excluded = second.of(stub).greet(REQUEST);
    assertThat(second.sent.await(60, TimeUnit.SECONDS)).isTrue();
    release.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS)).isNotNull();
    assertThat(excluded.get(60, TimeUnit.SECONDS)).isNotNull();
    assertThat(SERVER.receivedCalls()).isEqualTo(2);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** Reports the first message that a call writes to its connection. */
  private static final class SentRequests extends ClientStreamTracer.Factory {

    private final CountDownLatch sent = new CountDownLatch(1);

    private GreeterFutureStub of(GreeterFutureStub stub) {
      return stub.withInterceptors(new ClientInterceptor() {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
          return next.newCall(method, options.withStreamTracerFactory(SentRequests.this));
        }
      });
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundMessageSent(int sequence, long wireBytes, long bytes) {
          SentRequests.this.sent.countDown();
        }
      };
    }
  }
}
