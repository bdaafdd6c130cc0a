// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import io.grpc.testing.integration.TestServiceGrpc;
import io.grpc.testing.integration.TestServiceImpl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The case {@code max_concurrent_streams_connection_scaling} of gRPC's interop tests, against
 * grpc-java's interop service. It compares the client's addresses as the server sees them; here the
 * server sends them as a header, as the field of the message for them is newer than the library.
 */
@Timeout(120)
class MaxConcurrentStreamsTest {
  private static final int LIMIT = 2;
  private static final Metadata.Key<String> PEER =
      Metadata.Key.of("peer-address", Metadata.ASCII_STRING_MARSHALLER);
  private static final StreamingOutputCallRequest REQUEST = StreamingOutputCallRequest.newBuilder()
      .addResponseParameters(ResponseParameters.newBuilder().setSize(1))
      .build();

  private final ScheduledExecutorService serverThread =
      Executors.newSingleThreadScheduledExecutor();
  private final List<PingPong> calls = new ArrayList<>();
  private final Server server;
  private final ClientConnBuilder builder;

  MaxConcurrentStreamsTest() throws Exception {
    InteropServer netty = new InteropServer(InsecureServerCredentials.create());
    netty.netty().maxConcurrentCallsPerConnection(LIMIT);
    server = netty
        .addService(new TestServiceImpl(serverThread))
        .intercept(new PeerAddress())
        .build()
        .start();
    builder = ClientConnBuilder.forAddress("localhost", netty.port()).usePlaintext();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow();
    serverThread.shutdownNow();
    assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Conforms("A105")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void thirdCallGetsAConnectionOfItsOwn(String policy) throws Exception {
    ClientConn channel = builder
        .defaultLoadBalancingPolicy(policy)
        .defaultServiceConfig(
            Map.of("connectionScaling", Map.of("maxConnectionsPerSubchannel", 2.0)))
        .build();

    String first = call(channel).peer();
    String second = call(channel).peer();
    String third = call(channel).peer();

    assertThat(second).isEqualTo(first);
    assertThat(third).isNotEqualTo(first);
    endAll(channel);
  }

  @Test
  void callsSpreadOverAsManyConnectionsAsTheyNeed() throws Exception {
    ClientConn channel = builder.maxConnectionsPerAddress(5).build();
    Set<String> peers = new HashSet<>();

    for (int i = 0; i < 5 * LIMIT; i++) {
      peers.add(call(channel).peer());
    }
    PingPong waiting = call(channel);

    assertThat(peers).hasSize(5);
    ClientConnSnapshot.Subchannel subchannel = channel.snapshot().subchannels().get(0);
    assertThat(subchannel.connections())
        .hasSize(5)
        .allSatisfy(each -> assertThat(each.streams().active()).isEqualTo(LIMIT));
    assertThat(subchannel.pendingStreams()).isOne();
    calls.get(3).end();
    assertThat(waiting.peer()).isEqualTo(calls.get(2).peer());
    endAll(channel);
  }

  private PingPong call(ClientConn channel) {
    PingPong call = new PingPong(
        channel.newCall(TestServiceGrpc.getFullDuplexCallMethod(), CallOptions.DEFAULT));
    calls.add(call);
    return call;
  }

  private void endAll(ClientConn channel) throws Exception {
    for (PingPong call : calls) {
      call.end();
    }
    channel.shutdown();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Sends one message and stays open. */
  private static final class PingPong extends ClientCall.Listener<StreamingOutputCallResponse> {
    private final ClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call;
    private final CompletableFuture<String> peer = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private boolean halfClosed;

    PingPong(ClientCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call) {
      this.call = call;
      call.start(this, new Metadata());
      call.sendMessage(REQUEST);
      call.request(10);
    }

    @Override
    public void onHeaders(Metadata headers) {
      peer.complete(Objects.requireNonNull(headers.get(PEER)));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    String peer() throws Exception {
      return peer.get(60, TimeUnit.SECONDS);
    }

    void end() throws Exception {
      if (!halfClosed) {
        halfClosed = true;
        call.halfClose();
      }
      assertThat(end.get(60, TimeUnit.SECONDS).isOk()).isTrue();
    }
  }

  private static final class PeerAddress implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return next.startCall(
          new SimpleForwardingServerCall<Q, R>(call) {
            @Override
            public void sendHeaders(Metadata response) {
              response.put(
                  PEER, String.valueOf(getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
              super.sendHeaders(response);
            }
          },
          headers);
    }
  }
}
