// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.badpeer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.ReservedPort;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.testing.TlsTesting;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a call sees of servers that are absent, broken, or something else. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class BadPeerTest {

  private static final byte[] EMPTY_MESSAGE = {0, 0, 0, 0, 0};

  private @Nullable ClientConn conn;

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    if (conn != null) {
      conn.shutdownNow();
      assertThat(conn.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Conforms({"J02", "T004"})
  @Test
  void absentServerIsUnavailableAndNamed() {
    try (ReservedPort unused = new ReservedPort()) {
      Status status = callPlaintext(unused.number());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription())
          .contains("cannot connect to", ":" + unused.number(), "refused");
    }
  }

  @Test
  void serverThatClosesAtOnceIsUnavailable() throws Exception {
    try (RawServer server = new RawServer(socket -> {})) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("cannot connect to");
    }
  }

  @Test
  void serverThatClosesAfterThePrefaceIsUnavailableAndHintsAtTls() throws Exception {
    try (RawServer server = new RawServer(socket -> socket.getInputStream().readNBytes(60))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("waiting for the server's SETTINGS", "TLS");
    }
  }

  @Test
  void http1ServerIsQuoted() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    try (RawServer server = new RawServer(RawServer.answering(answer))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("HTTP/1", "\"HTTP/1.1 400 Bad Request\"");
    }
  }

  @Test
  void serverOfAnotherProtocolIsUnavailable() throws Exception {
    try (RawServer server = new RawServer(RawServer.answering("220 mail.example ESMTP\r\n"))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("does not speak HTTP/2");
    }
  }

  @Conforms("T016")
  @Test
  void silentServerRunsIntoTheConnectTimeout() throws Exception {
    try (RawServer server = new RawServer(
        s -> s.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()))) {
      conn = plaintext(server.port())
          .connectTimeout(java.time.Duration.ofMillis(200))
          .build();

      Status status = call(conn);

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription())
          .contains("timed out after 200 ms", "waiting for the server's SETTINGS");
    }
  }

  @Test
  void plaintextChannelToATlsServerIsAdvisedToUseTls() throws Exception {
    Server server = grpcServer(TlsServerCredentials.create(
        TlsTesting.loadCert("server1.pem"), TlsTesting.loadCert("server1.key")));
    try {
      Status status = callPlaintext(server.getPort());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("TLS");
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Test
  void tlsChannelToAPlaintextServerIsAdvisedToUsePlaintext() throws Exception {
    Server server = grpcServer(InsecureServerCredentials.create());
    try {
      conn = tls(server.getPort()).build();

      Status status = call(conn);

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("does not speak TLS", "plaintext");
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Conforms("T007")
  @Test
  void certificateForAnotherHostIsNamed() throws Exception {
    Server server = grpcServer(TlsServerCredentials.create(
        TlsTesting.loadCert("server1.pem"), TlsTesting.loadCert("server1.key")));
    try {
      conn = tls(server.getPort()).overrideAuthority("other.example").build();

      Status status = call(conn);

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("certificate", "other.example");
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Test
  void connectionClosedMidCallIsUnavailable() throws Exception {
    try (FrameServer server = new FrameServer(s -> s.grpcHeaders().closeConnection())) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("connection to", "lost");
    }
  }

  @Test
  void wrongContentTypeIsMappedFromTheHttpStatusAndQuotesTheBody() throws Exception {
    byte[] body = "<h1>no such page</h1>".getBytes(UTF_8);
    try (FrameServer server = new FrameServer(
        s -> s.headers(false, ":status", "404", "content-type", "text/html").data(true, body))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(status.getDescription()).contains("404", "text/html", "no such page");
    }
  }

  @Test
  void answerWithoutTrailersIsInternal() throws Exception {
    try (FrameServer server = new FrameServer(s -> s.grpcHeaders().data(true, EMPTY_MESSAGE))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(status.getDescription()).contains("without sending trailers");
    }
  }

  @Test
  void truncatedMessageIsInternal() throws Exception {
    try (FrameServer server = new FrameServer(s -> s.grpcHeaders()
        .data(false, new byte[] {0, 0, 0, 0, 9, 1})
        .headers(true, "grpc-status", "0"))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(status.getDescription()).contains("in the middle of a message");
    }
  }

  @Test
  void messageOverTheLimitIsResourceExhausted() throws Exception {
    try (FrameServer server = new FrameServer(
        s -> s.grpcHeaders().data(false, new byte[] {0, 0, 0, 0x27, 0x10, 1, 2, 3}))) {
      conn = plaintext(server.port()).maxInboundMessageSize(9_999).build();

      Status status = call(conn);

      assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(status.getDescription()).contains("9999", "10000");
    }
  }

  @Test
  void resetStreamIsMappedFromItsCode() throws Exception {
    try (FrameServer server = new FrameServer(s -> s.reset(Http2Error.ENHANCE_YOUR_CALM))) {
      Status status = callPlaintext(server.port());

      assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(status.getDescription()).contains("RST_STREAM", "ENHANCE_YOUR_CALM");
    }
  }

  @Test
  void everyCallOfALostConnectionEnds() throws Exception {
    try (FrameServer server = new FrameServer(new FrameServer.Answer() {
      private int streams;

      @Override
      public void to(FrameServer.Stream stream) {
        if (++streams == 3) {
          stream.closeConnection();
        }
      }
    })) {
      conn = plaintext(server.port()).build();
      HealthGrpc.HealthFutureStub stub = HealthGrpc.newFutureStub(conn);

      var calls = java.util.stream.Stream.generate(
              () -> stub.check(HealthCheckRequest.getDefaultInstance()))
          .limit(3)
          .toList();

      for (var call : calls) {
        Throwable failure =
            org.assertj.core.api.Assertions.catchThrowable(() -> call.get(60, TimeUnit.SECONDS));
        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
    }
  }

  @Conforms("H04")
  @Test
  void messagesBeforeTheFailureAreDelivered() throws Exception {
    try (FrameServer server = new FrameServer(
        s -> s.grpcHeaders().data(false, EMPTY_MESSAGE).reset(Http2Error.INTERNAL_ERROR))) {
      conn = plaintext(server.port()).build();

      Iterator<?> answers =
          HealthGrpc.newBlockingStub(conn).watch(HealthCheckRequest.getDefaultInstance());

      assertThat(answers.next()).isNotNull();
      StatusRuntimeException end =
          catchThrowableOfType(StatusRuntimeException.class, answers::hasNext);
      assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    }
  }

  private Status callPlaintext(int port) {
    conn = plaintext(port).build();
    return call(conn);
  }

  private static ClientConnBuilder plaintext(int port) {
    return ClientConnBuilder.forAddress("localhost", port).usePlaintext();
  }

  private static ClientConnBuilder tls(int port) throws IOException {
    return ClientConnBuilder.forTarget(
        "localhost:" + port,
        TlsChannelCredentials.newBuilder()
            .trustManager(TlsTesting.loadCert("ca.pem"))
            .build());
  }

  private static Server grpcServer(ServerCredentials credentials) throws IOException {
    return NettyServerBuilder.forPort(0, credentials)
        .addService(new HealthStatusManager().getHealthService())
        .build()
        .start();
  }

  private static Status call(ClientConn conn) {
    StatusRuntimeException failure = catchThrowableOfType(
        StatusRuntimeException.class,
        () -> HealthGrpc.newBlockingStub(conn)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance()));
    return failure.getStatus();
  }
}
