// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import static dev.clientconn.foreign.Fault.Kind.NEVER;
import static dev.clientconn.foreign.Fault.Kind.NULL;
import static dev.clientconn.foreign.Fault.Kind.TWICE;

import dev.clientconn.foreign.Place.Setup;
import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status.Code;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.List;

/** Foreign code that runs for a whole channel: on the way to a connection, and beside the calls. */
final class ChannelPlaces {
  private ChannelPlaces() {}

  /** A fault costs the attempt to connect or to resolve, and a later one may succeed. */
  static List<Place> attempts() {
    return List.of(
        Place.of("dialer", ChannelPlaces::dialer)
            .endsWith(Code.UNAVAILABLE)
            .on(NULL, Code.UNAVAILABLE),
        Place.of("transport filter", ChannelPlaces::filter)
            .endsWith(Code.UNAVAILABLE)
            .on(NULL, Code.UNAVAILABLE),
        Place.of("resolver's start", s -> {}).endsWith(Code.UNAVAILABLE),
        Place.of("resolver's look-up", s -> {}).endsWith(Code.UNAVAILABLE),
        Place.of("resolver's result", s -> {}).on(NULL, Code.UNAVAILABLE).on(TWICE, Code.OK),
        Place.of("proxy detector", ChannelPlaces::proxyDetector).endsWith(Code.UNAVAILABLE),
        Place.of(
                "offload executor of look-ups",
                s -> s.builder.offloadExecutor(CallPlaces.executor(s.fault)))
            .endsWith(Code.UNAVAILABLE)
            .on(TWICE, Code.OK),
        Place.of("state watcher", ChannelPlaces::watcher).endsWith(Code.OK),
        Place.of("metric sink", ChannelPlaces::metricSink).endsWith(Code.OK));
  }

  /** A fault breaks the policy, without which the channel is of no use. */
  static List<Place> policies() {
    return List.of("newLoadBalancer", "acceptResolvedAddresses", "onSubchannelState").stream()
        .map(method -> Place.of("policy's " + method, s -> {
              s.withPolicy();
              s.policy.throwFrom(method, s.fault.thrown);
            })
            .endsWith(Code.INTERNAL))
        .toList();
  }

  /** Foreign code that a call waits for, and that never completes. */
  static List<Place> silent() {
    return List.of(
        Place.of("dialer", ChannelPlaces::dialer).on(NEVER, Code.UNAVAILABLE),
        Place.of("resolver's result", s -> {}).on(NEVER, Code.UNAVAILABLE),
        Place.of("picker", ChannelPlaces::silentPicker).on(NEVER, Code.UNAVAILABLE),
        Place.of("call credentials", CallPlaces::credentials).on(NEVER, Code.UNAVAILABLE),
        Place.of("offload executor of credentials", CallPlaces::offload)
            .on(NEVER, Code.UNAVAILABLE));
  }

  private static void silentPicker(Setup setup) {
    setup.withPolicy();
    setup.policy.picker = args -> setup.fault.is(NEVER)
        ? PickResult.withNoResult()
        : PickResult.withSubchannel(setup.policy.subchannel());
  }

  private static void dialer(Setup setup) {
    setup.builder.dialer(request -> {
      boolean epoll =
          request.eventLoop() instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
      Bootstrap bootstrap = new Bootstrap()
          .group(request.eventLoop())
          .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
          .handler(request.handler());
      setup.fault.strike();
      if (setup.fault.is(NEVER)) {
        return bootstrap.register().channel().newPromise();
      }
      return setup.fault.is(NULL)
          ? setup.fault.<ChannelFuture>orNull(null)
          : bootstrap.connect(request.address());
    });
  }

  private static void filter(Setup setup) {
    setup.builder.addTransportFilter(new ClientTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        return setup.fault.orNull(attributes);
      }
    });
  }

  private static void proxyDetector(Setup setup) {
    setup.builder.proxyDetector(address -> {
      setup.fault.strike();
      return null;
    });
  }

  private static void watcher(Setup setup) {
    setup.afterBuild =
        conn -> conn.notifyWhenStateChanged(ConnectivityState.IDLE, setup.fault::strike);
  }

  private static void metricSink(Setup setup) {
    FaultySink.install(setup);
  }
}
