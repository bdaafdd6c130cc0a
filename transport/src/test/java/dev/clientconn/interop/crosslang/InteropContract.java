// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ManagedChannel;
import io.grpc.testing.integration.EmptyProtos.Empty;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.AssertionFailedError;

/**
 * All cases against one server, which is started before the first case and ended after the last.
 * All cases share one channel, so each also shows that the ones before it left the connection in
 * order.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InteropContract
    implements UnaryCases,
        StreamingCases,
        EarlyEndCases,
        StatusCases,
        CompressedRequestCases,
        CompressedResponseCases {

  private @Nullable InteropTarget target;
  private @Nullable ManagedChannel channel;

  /** Gives the server, running; skips the class, aloud, if it cannot be had here. */
  abstract InteropTarget start() throws Exception;

  @Override
  public Map<Feature, String> missing() {
    return Objects.requireNonNull(target, "not started").missing();
  }

  @Override
  public ManagedChannel channel() {
    return Objects.requireNonNull(channel, "not started");
  }

  @BeforeAll
  void connect() throws Exception {
    target = start();
    ClientConnBuilder builder = target.channelBuilder();
    channel = builder.build();
    try {
      blocking().withWaitForReady().emptyCall(Empty.getDefaultInstance());
    } catch (RuntimeException e) {
      throw new AssertionFailedError("no answer from " + target.describe(), e);
    }
  }

  @AfterAll
  void end() throws Exception {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
    }
    if (target != null) {
      target.close();
    }
  }
}
