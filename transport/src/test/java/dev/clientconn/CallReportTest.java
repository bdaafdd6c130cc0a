// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.RecordingReports;
import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.WaitCause;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reports calls to a real server. */
class CallReportTest {
  private static final Duration SLOW = Duration.ofMillis(200);

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private final RecordingReports reports = new RecordingReports();

  @Test
  void partsOfACallToARealServerAddUpToItsDuration() throws Exception {
    Server server = servers.serve(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .intercept(new SlowServer()));
    ClientConn conn = ClientConnBuilder.forAddress("127.0.0.1", server.getPort())
        .usePlaintext()
        .callReportListener(reports)
        .build();

    long began = System.nanoTime();
    servers.call(conn, new byte[10]);
    long took = System.nanoTime() - began;

    CallReport report = reports.only();
    assertThat(report.method()).isEqualTo("test.Echo/Say");
    assertThat(report.status()).isEqualTo(Status.Code.OK);
    assertThat(report.attempts()).isEqualTo(1);
    assertThat(report.durationNanos()).isBetween(SLOW.toNanos(), took);
    assertThat(report.nanos(WaitCause.SERVER)).isGreaterThanOrEqualTo(SLOW.toNanos());
    assertThat(report.nanos(WaitCause.CONNECTING) + report.nanos(WaitCause.NAME_RESOLUTION))
        .as("the first call of a channel waits for its connection")
        .isPositive();
    assertThat(conn.snapshot().waits().get(WaitCause.SERVER)).isNotNull().satisfies(total -> {
      assertThat(total.count()).isEqualTo(1);
      assertThat(total.nanos()).isBetween(SLOW.toNanos(), took);
    });
  }

  /** Takes its time, before it passes the call on. */
  private static final class SlowServer implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      long end = System.nanoTime() + SLOW.toNanos() + TimeUnit.MILLISECONDS.toNanos(5);
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      return next.startCall(call, headers);
    }
  }
}
