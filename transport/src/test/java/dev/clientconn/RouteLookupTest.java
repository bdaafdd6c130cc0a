// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.EchoServers;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.lookup.v1.RouteLookupRequest;
import io.grpc.lookup.v1.RouteLookupResponse;
import io.grpc.lookup.v1.RouteLookupServiceGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The policy {@code rls_experimental} of grpc-rls, which asks a server for the route of a call. */
class RouteLookupTest {
  private static final byte[] MESSAGE = {1};

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private final Lookup lookup = new Lookup();
  private @Nullable Server lookupServer;

  @AfterEach
  void stopLookup() throws Exception {
    if (lookupServer != null) {
      lookupServer.shutdownNow();
      assertThat(lookupServer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Conforms("C125")
  @Test
  void callIsRoutedByTheLookupServer() throws Exception {
    ClientConn channel = channel();

    assertThat(servers.call(channel, MESSAGE)).isEqualTo(MESSAGE);

    assertThat(lookup.requests.poll(30, TimeUnit.SECONDS))
        .extracting(RouteLookupRequest::getKeyMapMap)
        .isEqualTo(Map.of("method", "Say"));
  }

  @Test
  void failureOfTheLookupFailsTheCall() throws Exception {
    lookup.failure = Status.PERMISSION_DENIED.withDescription("no route for you");
    ClientConn channel = channel();

    assertThatThrownBy(() -> servers.call(channel, MESSAGE))
        .isInstanceOfSatisfying(StatusRuntimeException.class, thrown -> {
          assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          assertThat(thrown.getStatus().getDescription()).contains("no route for you");
        });
  }

  private ClientConn channel() throws Exception {
    Server routes = NettyServerBuilder.forPort(0).addService(lookup).build().start();
    lookupServer = routes;
    Server server = servers.serve(NettyServerBuilder.forPort(0));
    Map<String, ?> lookupConfig = Map.of(
        "grpcKeybuilders",
        List.of(Map.of(
            "names",
            List.of(Map.of("service", "test.Echo")),
            "extraKeys",
            Map.of("method", "method"))),
        "lookupService",
        "localhost:" + routes.getPort(),
        "cacheSizeBytes",
        "1000",
        "maxAge",
        "300s",
        "staleAge",
        "240s");
    Map<String, ?> policy = Map.of(
        "routeLookupConfig",
        lookupConfig,
        "childPolicy",
        List.of(Map.of("pick_first", Map.of())),
        "childPolicyConfigTargetFieldName",
        "target");
    return ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .defaultServiceConfig(
            Map.of("loadBalancingConfig", List.of(Map.of("rls_experimental", policy))))
        .build();
  }

  private static final class Lookup extends RouteLookupServiceGrpc.RouteLookupServiceImplBase {
    final BlockingQueue<RouteLookupRequest> requests = new LinkedBlockingQueue<>();
    volatile Status failure = Status.OK;

    @Override
    public void routeLookup(
        RouteLookupRequest request, StreamObserver<RouteLookupResponse> responses) {
      requests.add(request);
      if (!failure.isOk()) {
        responses.onError(failure.asRuntimeException());
        return;
      }
      responses.onNext(RouteLookupResponse.newBuilder().addTargets("backend").build());
      responses.onCompleted();
    }
  }
}
