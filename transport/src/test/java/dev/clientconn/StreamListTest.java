// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.EchoServers;
import dev.clientconn.transport.StreamSnapshot;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Lists streams of channels with event loops of their own, over sockets. */
@Timeout(120)
class StreamListTest {

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private ClientConn connect() throws Exception {
    int port = servers.serve(NettyServerBuilder.forPort(0)).getPort();
    ClientConn conn = ClientConnBuilder.forAddress("localhost", port)
        .usePlaintext()
        .directExecutor()
        .build();
    servers.works(conn);
    return conn;
  }

  @Test
  void callbackOnTheEventLoopGetsTheListOfItsOwnStream() throws Exception {
    ClientConn conn = connect();
    CompletableFuture<List<StreamSnapshot>> list = new CompletableFuture<>();
    CompletableFuture<Status> end = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call = conn.newCall(EchoServers.METHOD, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            conn.streamSnapshots().thenAccept(list::complete);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(new byte[1]);
    call.halfClose();

    assertThat(end.get().isOk()).isTrue();
    assertThat(list.get()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void channelWhoseLoopsHaveEndedHasNoStreams() throws Exception {
    ClientConn conn = connect();
    conn.shutdownNow();
    assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    assertThat(conn.streamSnapshots().get()).isEmpty();
    assertThat(conn.snapshot().totals().lifetimes().count()).isEqualTo(1);
    assertThat(conn.snapshot().totals().disconnects()).containsOnlyKeys("subchannel shutdown");
  }
}
