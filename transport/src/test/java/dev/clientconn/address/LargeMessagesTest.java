// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.testing.EchoServers;
import io.grpc.netty.NettyServerBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chunks go round between calls: none may find another's bytes. */
@Timeout(120)
class LargeMessagesTest {

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  @Test
  void messagesOfManyCallsDoNotMix() throws Exception {
    int port = echo.serve(NettyServerBuilder.forPort(0)).getPort();
    ClientConn conn =
        ClientConnBuilder.forAddress("localhost", port).usePlaintext().build();
    echo.works(conn);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Future<String>> results = new ArrayList<>();
    for (int t = 0; t < 6; t++) {
      Random random = new Random(t);
      results.add(threads.submit(() -> callAndCompare(conn, random)));
    }

    for (Future<String> result : results) {
      assertThat(result.get(50, TimeUnit.SECONDS)).isEmpty();
    }
    threads.shutdown();
  }

  private String callAndCompare(ClientConn conn, Random random) {
    for (int i = 0; i < 40; i++) {
      int length = switch (random.nextInt(3)) {
        case 0 -> 16_384 * (1 + random.nextInt(8)) + random.nextInt(11) - 5;
        case 1 -> random.nextInt(20_000);
        default -> random.nextInt(1_000_000);
      };
      byte[] sent = new byte[length];
      random.nextBytes(sent);
      byte[] got = echo.call(conn, sent);
      if (!Arrays.equals(got, sent)) {
        return "call " + i + ": " + length + " bytes differ at " + Arrays.mismatch(got, sent);
      }
    }
    return "";
  }
}
