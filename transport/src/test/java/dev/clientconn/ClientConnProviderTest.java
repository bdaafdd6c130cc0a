// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.ManagedChannelRegistry;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyChannelProvider;
import org.junit.jupiter.api.Test;

/** With grpc-netty on the class path, as in an application whose other libraries use it. */
class ClientConnProviderTest {
  private static final String PREFERRED = "dev.clientconn.provider.preferred";

  private final ChannelCredentials insecure = InsecureChannelCredentials.create();

  @Test
  void channelsOfOtherLibrariesStayGrpcNettys() {
    assertThat(ManagedChannelBuilder.forTarget("localhost:1"))
        .isInstanceOf(NettyChannelBuilder.class);
    assertThat(ManagedChannelBuilder.forAddress("localhost", 1))
        .isInstanceOf(NettyChannelBuilder.class);
    assertThat(Grpc.newChannelBuilder("localhost:1", insecure))
        .isInstanceOf(NettyChannelBuilder.class);
  }

  @Test
  void withoutGrpcNettyTheFactoryMethodsBuildAClientConn() {
    ManagedChannelRegistry registry = ManagedChannelRegistry.getDefaultRegistry();
    ManagedChannelProvider netty = ManagedChannelProvider.provider();
    assertThat(netty).isInstanceOf(NettyChannelProvider.class);
    registry.deregister(netty);
    try {
      assertThat(ManagedChannelBuilder.forTarget("localhost:1"))
          .isInstanceOf(ClientConnBuilder.class);
      assertThat(ManagedChannelBuilder.forAddress("localhost", 1))
          .isInstanceOf(ClientConnBuilder.class);
      assertThat(Grpc.newChannelBuilder("static://localhost:1,localhost:2", insecure))
          .isInstanceOf(ClientConnBuilder.class);
      ManagedChannel channel = Grpc.newChannelBuilder("localhost:1", insecure).build();
      assertThat(channel).isInstanceOf(ClientConn.class);
      assertThat(channel.authority()).isEqualTo("localhost:1");
      assertThat(channel.shutdown().isTerminated()).isTrue();
    } finally {
      registry.register(netty);
    }
  }

  @Test
  void aSystemPropertyRaisesItAboveGrpcNetty() {
    assertThat(new ClientConnProvider().priority()).isEqualTo(4);
    System.setProperty(PREFERRED, "true");
    try {
      assertThat(new ClientConnProvider().priority()).isEqualTo(6);
    } finally {
      System.clearProperty(PREFERRED);
    }
  }

  @Test
  void leavesUnknownCredentialsToOthers() {
    ChannelCredentials unknown = new ChannelCredentials() {
      @Override
      public ChannelCredentials withoutBearerTokens() {
        return this;
      }
    };

    assertThat(
            new ClientConnProvider().newChannelBuilder("localhost:1", unknown).getError())
        .contains(unknown.getClass().getName());
  }
}
