// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Opens a client's channel to one port of a server under test. */
final class EchoChannel implements AutoCloseable {

  private static final int SECONDS = 60;

  private final ManagedChannel channel;

  private EchoChannel(ManagedChannel channel) {
    this.channel = channel;
  }

  static EchoChannel open(String client, int port) {
    return open(client, port, InsecureChannelCredentials.create());
  }

  static EchoChannel open(String client, int port, ChannelCredentials credentials) {
    return new EchoChannel(
        client.equals("clientconn")
            ? ClientConnBuilder.forTarget("dns:///127.0.0.1:" + port, credentials)
                .build()
            : NettyChannelBuilder.forAddress("127.0.0.1", port, credentials).build());
  }

  Call start(CallKind kind, CallOptions options) {
    return new Call(channel.newCall(EchoMethods.of(kind), options));
  }

  Call start(CallKind kind) {
    return start(kind, CallOptions.DEFAULT);
  }

  /** Starts a call, sends one request and half-closes. */
  Call startWithRequest(CallKind kind, int requestBytes) {
    return start(kind).send(requestBytes).halfClose();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      assertThat(channel.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call; collects its responses and its end. */
  static final class Call extends ClientCall.Listener<BytesValue> {

    private final ClientCall<BytesValue, BytesValue> call;
    private final BlockingQueue<BytesValue> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Metadata> headers = new CompletableFuture<>();
    private final CompletableFuture<Status> status = new CompletableFuture<>();

    private Call(ClientCall<BytesValue, BytesValue> call) {
      this.call = call;
      call.start(this, new Metadata());
    }

    Call send(int requestBytes) {
      call.sendMessage(EchoMessages.payload(requestBytes));
      return this;
    }

    Call halfClose() {
      call.halfClose();
      return this;
    }

    Call request(int responses) {
      call.request(responses);
      return this;
    }

    void cancel() {
      call.cancel("not wanted", null);
    }

    Metadata headers() throws Exception {
      return headers.get(SECONDS, TimeUnit.SECONDS);
    }

    /** The size of the next response. */
    int response() throws InterruptedException {
      BytesValue response = responses.poll(SECONDS, TimeUnit.SECONDS);
      assertThat(response)
          .as("response within %d s; the call's end: %s", SECONDS, status)
          .isNotNull();
      return response.getValue().size();
    }

    Status status() throws Exception {
      return status.get(SECONDS, TimeUnit.SECONDS);
    }

    /** Responses that were received and not taken by {@link #response}. */
    int responsesLeft() {
      return responses.size();
    }

    @Override
    public void onHeaders(Metadata received) {
      headers.complete(received);
    }

    @Override
    public void onMessage(BytesValue response) {
      responses.add(response);
    }

    @Override
    public void onClose(Status closed, Metadata trailers) {
      status.complete(closed);
    }
  }
}
