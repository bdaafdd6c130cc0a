// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.badpeer.FrameServer;
import dev.clientconn.testing.ByteMethods;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OrphanWatchTest {
  private final Logger logger = Logger.getLogger("dev.clientconn.ClientConn");
  private final Filter before = logger.getFilter();
  private volatile String target = "[orphan.example:";
  private final List<LogRecord> logged = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    logger.setFilter(record -> {
      if (record.getMessage().startsWith(target)) {
        logged.add(record);
      }
      return false;
    });
  }

  @AfterEach
  void listenNoMore() {
    logger.setFilter(before);
  }

  @Test
  void aChannelThatBecomesGarbageIsReportedOnceWithThePlaceWhereItWasBuilt() {
    build("orphan.example:1");

    collectUntilReported();
    System.gc();
    OrphanWatch.reportOrphans();

    assertThat(logged).hasSize(1);
    assertThat(logged.get(0).getMessage())
        .startsWith("[orphan.example:1] A channel was garbage collected without shutdown()");
    assertThat(Objects.requireNonNull(logged.get(0).getThrown()).getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("build");
  }

  @Test
  void aChannelThatWasShutDownIsNotReported() {
    build("orphan.example:2").shutdown();
    build("orphan.example:3").shutdownNow();
    build("orphan.example:4");

    collectUntilReported();

    assertThat(logged).hasSize(1);
    assertThat(logged.get(0).getMessage()).startsWith("[orphan.example:4]");
  }

  /** Neither its threads nor its connection retain it. */
  @Test
  void aChannelThatHasAConnectionIsReportedToo() {
    try (FrameServer server = new FrameServer(stream ->
        stream.grpcHeaders().data(false, new byte[5]).headers(true, "grpc-status", "0"))) {
      target = "[localhost:" + server.port() + "]";
      ClientCalls.blockingUnaryCall(
          build("localhost:" + server.port()),
          ByteMethods.unary("test.Echo/Say"),
          CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
          new byte[0]);

      collectUntilReported();
    }

    assertThat(logged).hasSize(1);
  }

  private static ClientConn build(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext().build();
  }

  /** Collection takes as long as it takes; the timeout of the class bounds it. */
  private void collectUntilReported() {
    while (logged.isEmpty()) {
      System.gc();
      OrphanWatch.reportOrphans();
    }
  }
}
