// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.TestMetricSink;
import io.grpc.CallbackMetricInstrument;
import io.grpc.ConnectivityState;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MetricSink;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.lookup.v1.RouteLookupRequest;
import io.grpc.lookup.v1.RouteLookupResponse;
import io.grpc.lookup.v1.RouteLookupServiceGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy {@code rls_experimental} of grpc-rls, which asks a server for the route of a call. */
@Timeout(120)
class RouteLookupTest {
  private static final byte[] MESSAGE = {1};
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("tenant", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private final Lookup lookup = new Lookup();
  private final CallbackSink sink = new CallbackSink();
  private final Map<String, Object> lookupConfig = new HashMap<>();
  private Server lookupServer;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    lookupServer = serveLookups(0);
    server = servers.serve(NettyServerBuilder.forPort(0));
    lookupConfig.put(
        "grpcKeybuilders",
        List.of(Map.of(
            "names",
            List.of(Map.of("service", "test.Echo")),
            "extraKeys",
            Map.of("method", "method"),
            "headers",
            List.of(Map.of("key", "tenant", "names", List.of("tenant"))))));
    lookupConfig.put("lookupService", "localhost:" + lookupServer.getPort());
    lookupConfig.put("cacheSizeBytes", "1000");
    lookupConfig.put("maxAge", "300s");
    lookupConfig.put("staleAge", "240s");
  }

  private Server serveLookups(int port) throws IOException {
    return NettyServerBuilder.forPort(port).addService(lookup).build().start();
  }

  @AfterEach
  void stopLookups() throws InterruptedException {
    lookupServer.shutdownNow();
    assertThat(lookupServer.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private ClientConn channel(String childPolicy) {
    Map<String, ?> policy = Map.of(
        "routeLookupConfig",
        lookupConfig,
        "childPolicy",
        List.of(Map.of(childPolicy, Map.of())),
        "childPolicyConfigTargetFieldName",
        "target");
    ClientConnBuilder builder = ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(lookup.headers))
        .defaultServiceConfig(
            Map.of("loadBalancingConfig", List.of(Map.of("rls_experimental", policy))));
    InternalManagedChannelBuilder.addMetricSink(builder, sink);
    return builder.build();
  }

  @Conforms("C125")
  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void callIsRoutedByTheLookupServer(String childPolicy) throws Exception {
    ClientConn channel = channel(childPolicy);

    assertThat(servers.call(channel, MESSAGE)).isEqualTo(MESSAGE);

    assertThat(lookup.requests.poll(60, TimeUnit.SECONDS))
        .extracting(RouteLookupRequest::getKeyMapMap)
        .isEqualTo(Map.of("method", "Say"));
  }

  @Test
  void failureOfTheLookupFailsTheCall() {
    lookup.failure = Status.PERMISSION_DENIED.withDescription("no route for you");

    assertThat(servers.failure(channel("pick_first"))).contains("no route for you");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pick_first", "round_robin"})
  void callsGoToTheDefaultTargetWhileLookupsFail(String childPolicy) {
    lookupConfig.put("defaultTarget", "backup");
    lookup.failure = Status.INTERNAL.withDescription("out of order");
    ClientConn channel = channel(childPolicy);

    servers.works(channel);
    servers.works(channel);
  }

  @Test
  void callsGoToTheDefaultTargetWhileNoLookupServerCanBeReached() throws Exception {
    stopLookups();
    lookupConfig.put("defaultTarget", "backup");

    servers.works(channel("round_robin"));
  }

  @Test
  void callFailsWhileNoLookupServerCanBeReached() throws Exception {
    stopLookups();

    assertThat(servers.failure(channel("round_robin"))).contains("Unable to retrieve RLS targets");
  }

  @Test
  void lookupThatIsNeverAnsweredEndsByItsTimeout() {
    lookup.silent = true;
    lookupConfig.put("lookupServiceTimeout", "0.2s");

    assertThat(servers.failure(channel("round_robin"))).contains("Unable to retrieve RLS targets");
    lookupConfig.put("defaultTarget", "backup");
    servers.works(channel("round_robin"));
  }

  @Test
  void lookupThatIsNeverAnsweredDoesNotDelayTheEndOfTheChannel() throws Exception {
    lookup.silent = true;
    ClientConn channel = channel("pick_first");
    Thread caller = new Thread(() -> assertThat(servers.failure(channel)).isNotNull());
    caller.start();
    assertThat(lookup.requests.poll(60, TimeUnit.SECONDS)).isNotNull();

    channel.shutdownNow();

    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    caller.join();
  }

  @Test
  void metricsOfThePolicyAreNotAskedForOnceTheChannelIsIdleOrHasEnded() throws Exception {
    ClientConn channel = channel("pick_first");
    servers.works(channel);
    assertThat(sink.callbacks).isNotEmpty();

    channel.enterIdle();
    while (channel.getState(false) != ConnectivityState.IDLE) {
      Thread.onSpinWait();
    }
    assertThat(sink.callbacks).isEmpty();
    servers.works(channel);
    assertThat(sink.callbacks).isNotEmpty();
    channel.shutdownNow();

    assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(sink.callbacks).isEmpty();
  }

  @Test
  void callsGoOnWhileTheLookupServerComesAndGoes() throws Exception {
    ClientConn channel = channel("round_robin");
    lookup.headers.put(TENANT, "first");
    servers.works(channel);

    int port = lookupServer.getPort();
    stopLookups();
    servers.works(channel);
    replaceTenant("second");
    assertThat(servers.failure(channel)).contains("Unable to retrieve RLS targets");
    replaceTenant("first");
    servers.works(channel);

    lookupServer = serveLookups(port);
    replaceTenant("third");
    awaitRoute(channel);
    lookup.failure = Status.UNAVAILABLE.withDescription("flapping");
    replaceTenant("fourth");
    assertThat(servers.failure(channel)).contains("flapping");
    lookup.failure = Status.OK;
    awaitRoute(channel);
  }

  private void replaceTenant(String tenant) {
    lookup.headers.discardAll(TENANT);
    lookup.headers.put(TENANT, tenant);
  }

  /** After a failed look-up, the policy and its channel wait some seconds before the next one. */
  private void awaitRoute(ClientConn channel) throws InterruptedException {
    for (int attempts = 0; attempts < 300; attempts++) {
      try {
        servers.call(channel, MESSAGE);
        return;
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        Thread.sleep(100);
      }
    }
    throw new AssertionError("no call had a route");
  }

  private static final class CallbackSink extends TestMetricSink {
    final List<Runnable> callbacks = new CopyOnWriteArrayList<>();

    @Override
    public MetricSink.Registration registerBatchCallback(
        Runnable callback, CallbackMetricInstrument... instruments) {
      callbacks.add(callback);
      return () -> callbacks.remove(callback);
    }
  }

  private static final class Lookup extends RouteLookupServiceGrpc.RouteLookupServiceImplBase {
    final BlockingQueue<RouteLookupRequest> requests = new LinkedBlockingQueue<>();
    /** Of the calls that are routed. */
    final Metadata headers = new Metadata();

    volatile Status failure = Status.OK;
    volatile boolean silent;

    @Override
    public void routeLookup(
        RouteLookupRequest request, StreamObserver<RouteLookupResponse> responses) {
      requests.add(request);
      if (silent) {
        return;
      }
      if (failure.isOk()) {
        responses.onNext(RouteLookupResponse.newBuilder().addTargets("backend").build());
        responses.onCompleted();
      } else {
        responses.onError(failure.asRuntimeException());
      }
    }
  }
}
