// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.SlowLink;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads from grpc-java's server over links that delay, and looks at the windows announced. */
@Timeout(120)
class ReceiveWindowTest {

  private static final int WINDOW = 65_535;
  private static final int MESSAGE = 8 << 10;
  private static final int LATENCY_TICKS = 20;
  private static final int BYTES_PER_TICK = 32 << 10;

  /** What a window does not count: SETTINGS, HEADERS, and the headers of DATA frames. */
  private static final int UNCOUNTED = 1 << 10;

  private Server server;

  @BeforeEach
  void startServer() throws IOException {
    server = NettyServerBuilder.forPort(0)
        .addService(ServerServiceDefinition.builder(RawMethods.SERVICE)
            .addMethod(RawMethods.UNARY, ServerCalls.asyncUnaryCall((request, out) -> {
              out.onNext(new byte[MESSAGE]);
              out.onCompleted();
            }))
            .addMethod(
                RawMethods.SERVER_STREAM,
                ServerCalls.asyncServerStreamingCall((request, out) -> sendForEver(out)))
            .build())
        .build()
        .start();
  }

  private static void sendForEver(StreamObserver<byte[]> out) {
    ServerCallStreamObserver<byte[]> responses = (ServerCallStreamObserver<byte[]>) out;
    responses.setOnCancelHandler(() -> {});
    responses.setOnReadyHandler(() -> {
      while (responses.isReady()) {
        responses.onNext(new byte[MESSAGE]);
      }
    });
  }

  @AfterEach
  void stopServer() throws InterruptedException {
    assertThat(server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Conforms({"T050", "T057"})
  @Test
  void aWindowGrowsToWhatASlowLinkHolds() throws Exception {
    try (SlowLink link = new SlowLink(server.getPort(), LATENCY_TICKS, BYTES_PER_TICK)) {
      ClientConn conn = conn(link, true);
      read(conn, responses -> {
        while (link.streamWindow() < link.capacity()) {
          responses.next();
        }
        // The server uses the larger window.
        while (link.mostHeld() < link.capacity()) {
          responses.next();
        }
      });

      end(conn);
    }
  }

  @Conforms("T050")
  @Test
  void aFixedWindowBoundsWhatASlowLinkHolds() throws Exception {
    try (SlowLink link = new SlowLink(server.getPort(), LATENCY_TICKS, BYTES_PER_TICK)) {
      ClientConn conn = conn(link, false);
      read(conn, responses -> {
        for (int i = 0; i < 10 * WINDOW / MESSAGE; i++) {
          responses.next();
        }
      });

      assertThat(link.streamWindow()).isEqualTo(WINDOW);
      assertThat(link.mostHeld()).isLessThanOrEqualTo(WINDOW + UNCOUNTED);
      end(conn);
    }
  }

  @Conforms("T056")
  @Test
  void aWindowThatCallsDoNotFillDoesNotGrow() throws Exception {
    try (SlowLink link = new SlowLink(server.getPort(), 0, 1 << 20)) {
      ClientConn conn = conn(link, true);
      for (int i = 0; i < 10 * WINDOW / MESSAGE; i++) {
        ClientCalls.blockingUnaryCall(conn, RawMethods.UNARY, CallOptions.DEFAULT, new byte[0]);
      }

      assertThat(link.streamWindow()).isEqualTo(WINDOW);
      end(conn);
    }
  }

  private static ClientConn conn(SlowLink link, boolean growWindows) {
    return ClientConnBuilder.forTarget("127.0.0.1:" + link.port())
        .usePlaintext()
        .initialStreamWindow(WINDOW)
        .initialConnectionWindow(WINDOW)
        .growWindows(growWindows)
        .build();
  }

  private interface Reader {
    void read(Iterator<byte[]> responses);
  }

  private static void read(ClientConn conn, Reader reader) {
    Context.CancellableContext call = Context.current().withCancellation();
    try {
      call.run(() -> reader.read(ClientCalls.blockingServerStreamingCall(
          conn, RawMethods.SERVER_STREAM, CallOptions.DEFAULT, new byte[0])));
    } finally {
      call.cancel(null);
    }
  }

  private static void end(ClientConn conn) throws InterruptedException {
    assertThat(conn.shutdownNow().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }
}
