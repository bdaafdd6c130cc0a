// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.testing.TlsTesting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Server streams that start at the same moment on many threads, over one connection with client
 * certificates.
 */
@Timeout(120)
class ConcurrentStreamsTest {
  private static final int THREADS = 16;
  private static final int CALLS = 20;
  private static final int RESPONSES = 10;

  @Test
  void eachOfManyStreamsHasItsOwnMessagesInOrder() throws Exception {
    Server server = NettyServerBuilder.forPort(0, serverCredentials())
        .addService(ServerServiceDefinition.builder(RawMethods.SERVICE)
            .addMethod(
                RawMethods.SERVER_STREAM, ServerCalls.asyncServerStreamingCall((request, out) -> {
                  for (byte i = 0; i < RESPONSES; i++) {
                    out.onNext(new byte[] {request[0], request[1], i});
                  }
                  out.onCompleted();
                }))
            .build())
        .build()
        .start();
    ManagedChannel channel = ClientConnBuilder.forTarget(
            "localhost:" + server.getPort(), channelCredentials())
        .overrideAuthority("foo.test.google.fr")
        .build();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<?>> done = new ArrayList<>();
      for (byte thread = 0; thread < THREADS; thread++) {
        byte number = thread;
        done.add(threads.submit(() -> {
          start.await();
          for (byte call = 0; call < CALLS; call++) {
            readAll(channel, number, call);
          }
          return number;
        }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
      channel.shutdownNow();
      server.shutdownNow();
      assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void readAll(ManagedChannel channel, byte thread, byte call) {
    Iterator<byte[]> responses = ClientCalls.blockingServerStreamingCall(
        channel, RawMethods.SERVER_STREAM, CallOptions.DEFAULT, new byte[] {thread, call});
    for (byte i = 0; i < RESPONSES; i++) {
      assertThat(responses.next()).containsExactly(thread, call, i);
    }
    assertThat(responses.hasNext()).isFalse();
  }

  private static ServerCredentials serverCredentials() throws IOException {
    return TlsServerCredentials.newBuilder()
        .keyManager(TlsTesting.loadCert("server1.pem"), TlsTesting.loadCert("server1.key"))
        .trustManager(TlsTesting.loadCert("ca.pem"))
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build();
  }

  private static ChannelCredentials channelCredentials() throws IOException {
    return TlsChannelCredentials.newBuilder()
        .keyManager(TlsTesting.loadCert("client.pem"), TlsTesting.loadCert("client.key"))
        .trustManager(TlsTesting.loadCert("ca.pem"))
        .build();
  }
}
