// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClientStubFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Channel;
import io.grpc.ServiceDescriptor;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Armeria's client. Each channel has a client factory, thus a connection, of its own; all share Armeria's common event
 * loops. Its response timeout of 15 s is off, for it would be a deadline on every call, and so is its limit of a response's
 * length. Callbacks run on the event loop unless an executor is asked for: that is Armeria's default.
 */
final class ArmeriaChannels implements ChannelFactory {

  @Override
  public String name() {
    return "armeria";
  }

  @Override
  public boolean supports(Workload workload) {
    return !workload.network().encrypted();
  }

  @Override
  public OpenChannel open(InetSocketAddress server, Workload workload, ChannelOptions options) {
    ClientFactory factory = ClientFactory.builder().build();
    String uri =
        "gproto+h2c://" + server.getAddress().getHostAddress() + ":" + server.getPort() + "/";
    Channel channel = GrpcClients.builder(uri)
        .factory(factory)
        .responseTimeoutMillis(0)
        .maxResponseLength(0)
        .clientStubFactory(new BareChannel())
        .build(Channel.class);
    return new ArmeriaChannel(
        workload.mode().callbacks() == StubMode.Callbacks.DIRECT
            ? channel
            : CallExecutor.addTo(channel, options.executor()),
        factory);
  }

  private record ArmeriaChannel(Channel channel, ClientFactory factory) implements OpenChannel {

    @Override
    public void close() {
      factory.close();
    }
  }

  /** Takes the channel for the stub: there are no generated stubs here. */
  private static final class BareChannel implements GrpcClientStubFactory {

    @Override
    public @Nullable ServiceDescriptor findServiceDescriptor(Class<?> clientType) {
      return clientType == Channel.class
          ? ServiceDescriptor.newBuilder(EchoMethods.SERVICE)
              .addMethod(EchoMethods.UNARY)
              .addMethod(EchoMethods.SERVER_STREAM)
              .addMethod(EchoMethods.CLIENT_STREAM)
              .addMethod(EchoMethods.PING_PONG)
              .addMethod(EchoMethods.DUPLEX)
              .build()
          : null;
    }

    @Override
    public Object newClientStub(Class<?> clientType, Channel channel) {
      return channel;
    }
  }
}
