// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.internal.channel.FakePolicy;
import dev.clientconn.testing.ChannelStates;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.RecordingMetricSink;
import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.TransportEvent.Kind;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.LoadBalancer;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.stub.ClientCalls;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Channels that a load-balancing policy opens beside its subchannels. */
class PolicyChannelsTest {
  private static final byte[] MESSAGE = {1};

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private final FakePolicy policy = new FakePolicy();
  private final AtomicInteger intercepted = new AtomicInteger();
  private final RecordingMetricSink sink = new RecordingMetricSink();
  private Server server;
  private ClientConn parent;

  @BeforeEach
  void connect() throws Exception {
    policy.register();
    server = servers.serve(NettyServerBuilder.forPort(0));
    ClientConnBuilder builder = ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .defaultLoadBalancingPolicy(FakePolicy.NAME)
        .intercept(new Counter(intercepted));
    InternalManagedChannelBuilder.addMetricSink(builder, sink);
    parent = builder.build();
    // The policy is made with the first call.
    servers.call(parent, MESSAGE);
    assertThat(intercepted).hasValue(1);
  }

  @AfterEach
  void deregister() {
    policy.deregister();
  }

  @Test
  void oobChannelCallsTheGivenAddressWithTheGivenAuthority() {
    ManagedChannel channel = oob(server);

    call(channel);

    assertThat(servers.authorities()).endsWith("balancer.example");
    assertThat(channel.authority()).isEqualTo("balancer.example");
    assertThat(intercepted).as("calls of the parent").hasValue(1);
    channel.shutdownNow();
  }

  @Test
  void resolvingChannelHasTheSecurityOfItsParentAndCanBeConfigured() throws Exception {
    LoadBalancer.Helper helper = policy.helper();
    ManagedChannel channel = inPolicy(with -> with.createResolvingOobChannelBuilder(
            "dns:///localhost:" + server.getPort(), helper.getUnsafeChannelCredentials())
        .overrideAuthority("lookup.example")
        .build());

    call(channel);

    assertThat(servers.authorities()).endsWith("lookup.example");
    assertThat(intercepted).hasValue(1);
    channel.shutdown();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void resolvingChannelTakesCredentialsOfItsOwn() {
    ManagedChannel channel = inPolicy(with -> with.createResolvingOobChannelBuilder(
            "localhost:" + server.getPort(), InsecureChannelCredentials.create())
        .build());

    call(channel);

    assertThat(channel).isInstanceOf(ClientConn.class);
    channel.shutdownNow();
  }

  @Test
  void optionsForChildChannelsReachEachChannelOfThePolicy() throws Exception {
    AtomicInteger ofChildren = new AtomicInteger();
    parent.shutdownNow();
    parent = ClientConnBuilder.forAddress("localhost", server.getPort())
        .usePlaintext()
        .defaultLoadBalancingPolicy(FakePolicy.NAME)
        .childOptions(new ChildChannelOptions() {
          @Override
          public void configure(ManagedChannelBuilder<?> child) {
            child.intercept(new Counter(ofChildren));
          }

          @Override
          public void addTo(NameResolver.Args.Builder args) {}
        })
        .build();
    servers.call(parent, MESSAGE);
    ManagedChannel fixed = oob(server);
    ManagedChannel resolving = inPolicy(with -> with.createResolvingOobChannelBuilder(
            "localhost:" + server.getPort(), InsecureChannelCredentials.create())
        .build());

    call(fixed);
    call(resolving);

    assertThat(ofChildren).as("calls of the children alone").hasValue(2);
    fixed.shutdownNow();
    resolving.shutdownNow();
  }

  @Test
  void updateReplacesTheAddresses() throws Exception {
    ManagedChannel channel = oob(server);
    call(channel);
    Server second = servers.serve(NettyServerBuilder.forPort(0));

    inPolicy(with -> {
      with.updateOobChannelAddresses(channel, address(second));
      return channel;
    });
    server.shutdownNow();
    server.awaitTermination();

    ClientCalls.blockingUnaryCall(
        channel,
        EchoServers.METHOD,
        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS),
        MESSAGE);
    channel.shutdownNow();
  }

  @Test
  void updateOfAChannelThatIsNotThePolicysIsRefused() {
    assertThatThrownBy(() -> inPolicy(with -> {
          with.updateOobChannelAddresses(parent, address(server));
          return parent;
        }))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("createOobChannel has returned");
  }

  @Test
  void parentTerminatesAfterAChannelThatThePolicyForgets() throws Exception {
    ManagedChannel channel = oob(server);
    call(channel);

    parent.shutdown();

    assertThat(parent.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(channel.isTerminated()).isTrue();
  }

  @Test
  void shutdownNowEndsTheCallsOfThePolicysChannels() throws Exception {
    ManagedChannel channel = inPolicy(with -> with.createOobChannel(
        new EquivalentAddressGroup(new InetSocketAddress("192.0.2.1", 1)), "nowhere.example"));
    BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
    ClientCall<byte[], byte[]> call =
        channel.newCall(EchoServers.METHOD, CallOptions.DEFAULT.withWaitForReady());
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ends.add(status);
          }
        },
        new Metadata());
    call.halfClose();

    parent.shutdownNow();

    Status end = ends.poll(60, TimeUnit.SECONDS);
    assertThat(end).isNotNull();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(parent.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void snapshotHasTheConnectionsOfThePolicysChannels() {
    int own = parent.snapshot().subchannels().size();
    ManagedChannel channel = oob(server);
    call(channel);

    assertThat(parent.snapshot().subchannels()).hasSize(own + 1);
    channel.shutdownNow();
  }

  @Test
  void totalsAndEventsHaveTheConnectionsOfThePolicysChannels() throws Exception {
    ChannelTotals before = parent.snapshot().totals();
    ManagedChannel channel = oob(server);
    call(channel);

    ChannelTotals open = parent.snapshot().totals();
    assertThat(successes(open)).isEqualTo(successes(before) + 1);
    assertThat(open.counters().streamsOpened()).isEqualTo(before.counters().streamsOpened() + 1);
    assertThat(open.resolutions()).as("of the parent alone").isEqualTo(before.resolutions());

    channel.shutdownNow();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    ClientConnSnapshot ended = parent.snapshot();
    assertThat(ended.totals().counters().streamsOpened())
        .isEqualTo(open.counters().streamsOpened());
    assertThat(ended.totals().disconnects()).isEqualTo(Map.of("subchannel shutdown", 1L));
    assertThat(ended.events()).extracting(TransportEvent::kind).endsWith(Kind.DISCONNECTED);
    assertThat(ended.events().stream().filter(event -> event.kind() == Kind.CHANNEL_STATE))
        .as("states of the parent")
        .noneMatch(event -> event.text().contains("SHUTDOWN"));
  }

  private static long successes(ChannelTotals totals) {
    return Objects.requireNonNull(totals.attempts().get(ConnectOutcome.SUCCESS)).count();
  }

  @Test
  void waitsOfThePolicysCallsAreNotThoseOfTheParent() {
    Map<WaitCause, WaitTotal> before = parent.snapshot().waits();
    ManagedChannel channel = oob(server);
    call(channel);

    assertThat(parent.snapshot().waits()).isEqualTo(before);
    channel.shutdownNow();
  }

  @Test
  void metricSinksOfTheParentGetNothingOfThePolicysChannels() {
    sink.values.clear();
    ManagedChannel channel = oob(server);
    call(channel);

    assertThat(sink.values).isEmpty();
    channel.shutdownNow();
  }

  @Test
  void channelOfAnotherTransportIsShutDownWithItsParent() throws Exception {
    ChannelCredentials foreign =
        NettySslContextChannelCredentials.create(GrpcSslContexts.forClient().build());
    ManagedChannel channel = inPolicy(
        with -> with.createResolvingOobChannelBuilder("localhost:1", foreign).build());
    assertThat(channel).isNotInstanceOf(ClientConn.class);

    parent.shutdown();

    assertThat(parent.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(channel.isShutdown()).isTrue();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void channelOfAnotherTransportDoesNotDelayTheEndOfItsParent() throws Exception {
    ChannelCredentials foreign =
        NettySslContextChannelCredentials.create(GrpcSslContexts.forClient().build());
    // A call that waits for ever keeps it from terminating.
    ManagedChannel channel = inPolicy(
        with -> with.createResolvingOobChannelBuilder("localhost:1", foreign).build());
    channel
        .newCall(EchoServers.METHOD, CallOptions.DEFAULT.withWaitForReady())
        .start(new ClientCall.Listener<>() {}, new Metadata());

    parent.shutdown();

    assertThat(parent.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(channel.isTerminated()).isFalse();
    channel.shutdownNow();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void policyThatWasShutDownMayOpenNoChannel() throws Exception {
    LoadBalancer.Helper helper = policy.helper();
    ChannelStates.makeIdle(parent);

    assertThatThrownBy(() -> helper.createOobChannel(address(server), "late.example"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> helper.createResolvingOobChannelBuilder(
            "localhost:1", InsecureChannelCredentials.create()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void channelThatIsBuiltAfterThePolicysShutdownDoesNotDelayTheEndOfItsParent() throws Exception {
    ManagedChannelBuilder<?> builder = policy
        .helper()
        .createResolvingOobChannelBuilder("localhost:1", InsecureChannelCredentials.create());
    ChannelStates.makeIdle(parent);

    ManagedChannel late = builder.build();

    assertThat(late.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    parent.shutdown();
    assertThat(parent.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private ManagedChannel oob(Server to) {
    return inPolicy(with -> with.createOobChannel(List.of(address(to)), "balancer.example"));
  }

  private static EquivalentAddressGroup address(Server to) {
    return new EquivalentAddressGroup(new InetSocketAddress("localhost", to.getPort()));
  }

  /** Runs what a policy does in its sync context. */
  private <T> T inPolicy(Function<LoadBalancer.Helper, T> action) {
    LoadBalancer.Helper helper = policy.helper();
    CompletableFuture<T> result = new CompletableFuture<>();
    helper.getSynchronizationContext().execute(() -> {
      try {
        result.complete(action.apply(helper));
      } catch (Throwable t) {
        result.completeExceptionally(t);
      }
    });
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static void call(Channel channel) {
    byte[] response = ClientCalls.blockingUnaryCall(
        channel,
        EchoServers.METHOD,
        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
        MESSAGE);
    assertThat(response).isEqualTo(MESSAGE);
  }

  private static final class Counter implements ClientInterceptor {
    private final AtomicInteger calls;

    Counter(AtomicInteger calls) {
      this.calls = calls;
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      calls.incrementAndGet();
      return next.newCall(method, options);
    }
  }
}
