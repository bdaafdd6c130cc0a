// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.clientconn.ClientConnBuilder;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * h2spec's cases for HTTP/2 clients. In each the server breaks a rule of RFC 7540 towards a channel
 * with one call open, and looks at what the channel sends.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class H2SpecIT {
  private static final int CASES = 57;
  private static final MethodDescriptor.Marshaller<Empty> MARSHALLER =
      ProtoUtils.marshaller(Empty.getDefaultInstance());
  private static final MethodDescriptor<Empty, Empty> METHOD =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("h2spec.Client/Call")
          .setRequestMarshaller(MARSHALLER)
          .setResponseMarshaller(MARSHALLER)
          .build();

  /**
   * The cases that fail, with the reason: all are about a frame for a stream that has ended. RFC
   * 9113 lets a client discard such a frame, and this one does, so that no flood of them provokes a
   * flood of responses.
   */
  private static final Map<String, String> DISCARDED = Map.of(
      "5.1/5",
      "DATA after RST_STREAM: section 5.1, closed, minimal processing",
      "5.1/6",
      "HEADERS after RST_STREAM: section 5.1, closed, minimal processing",
      "5.1/8",
      "DATA after END_STREAM: section 5.1 no longer demands a connection error",
      "5.1/9",
      "HEADERS after END_STREAM: section 5.1 no longer demands a connection error",
      "6.1/2",
      "DATA after END_STREAM: section 5.1, closed, minimal processing",
      "6.3/2",
      "PRIORITY of four bytes for a stream that has ended: section 5.1 forbids RST_STREAM there");

  private @Nullable H2SpecServer server;

  @BeforeAll
  void start() throws Exception {
    server = H2SpecServer.start(DISCARDED.keySet());
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void everyDiscardedFrameIsACaseOfTheSuite() {
    assertThat(server().cases()).hasSize(CASES);
    assertThat(server().cases()).extracting(H2SpecServer.Case::id).containsAll(DISCARDED.keySet());
  }

  @TestFactory
  Stream<DynamicTest> answersEachBrokenRuleButThoseThatMayBeDiscarded() {
    return server().cases().stream()
        .map(testCase -> DynamicTest.dynamicTest(
            testCase.id() + " " + testCase.description(), () -> run(testCase)));
  }

  private void run(H2SpecServer.Case testCase) throws InterruptedException {
    ManagedChannel channel = ClientConnBuilder.forAddress("127.0.0.1", testCase.port())
        .usePlaintext()
        .build();
    try {
      ClientCall<Empty, Empty> call = channel.newCall(METHOD, CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.request(1);
      call.sendMessage(Empty.getDefaultInstance());
      call.halfClose();
      verify(testCase, server().await(testCase));
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void verify(H2SpecServer.Case testCase, H2SpecServer.Outcome outcome) {
    String reason = DISCARDED.get(testCase.id());
    if (reason == null) {
      assertThat(outcome.passed()).as(outcome.report()).isTrue();
    } else {
      assertThat(outcome.passed())
          .as("listed as failing, but it passes: take it off the list. %s", reason)
          .isFalse();
    }
    // h2spec accepts any end of the connection. NO_ERROR would hide that the server broke a rule.
    assertThat(outcome.report()).doesNotContain("GOAWAY(NO_ERROR)");
  }

  private H2SpecServer server() {
    return Objects.requireNonNull(server, "not started");
  }
}
