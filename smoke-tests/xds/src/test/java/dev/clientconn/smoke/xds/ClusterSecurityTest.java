// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import dev.clientconn.ClientConnBuilder;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.xds.XdsChannelCredentials;
import org.junit.jupiter.api.Test;

/** A control plane that configures TLS for a cluster, which a channel does not use. */
class ClusterSecurityTest extends MeshTest {

  private static void useTls(Cluster.Builder cluster) {
    UpstreamTlsContext tls = UpstreamTlsContext.newBuilder()
        .setCommonTlsContext(CommonTlsContext.newBuilder()
            .setValidationContext(CertificateValidationContext.newBuilder()
                .setCaCertificateProviderInstance(
                    CertificateProviderPluginInstance.newBuilder().setInstanceName("default"))))
        .build();
    cluster
        .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
        .setTransportSocket(TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.tls")
            .setTypedConfig(Any.pack(tls)));
  }

  @Test
  void callToAServerThatCannotBeReachedSaysThatTheTlsIsNotUsed() throws Exception {
    // No server listens on port 1.
    Mesh mesh = new Mesh()
        .service("orders", Mesh.toCluster("orders"))
        .cluster("orders", ClusterSecurityTest::useTls, 1);
    try (OrdersClient client = client(mesh)) {
      Status failure = client.failure();

      assertThat(failure.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(failure.getDescription())
          .contains("the control plane configures TLS for this cluster")
          .contains("set TLS for the whole channel");
    }
  }

  @Test
  void serverIsCalledWithTheCredentialsOfTheChannel() throws Exception {
    try (OrdersClient client = client(secured(red))) {
      assertThat(client.find()).isEqualTo("red");
    }
  }

  private static Mesh secured(Backend server) {
    return new Mesh()
        .service("orders", Mesh.toCluster("orders"))
        .cluster("orders", ClusterSecurityTest::useTls, server);
  }

  @Test
  void credentialsThatLeaveTheTlsToTheControlPlaneAreRefused() {
    ChannelCredentials credentials =
        XdsChannelCredentials.create(InsecureChannelCredentials.create());

    assertThatThrownBy(() -> ClientConnBuilder.forTarget("xds:///orders", credentials))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(credentials.getClass().getName())
        .hasMessageContaining("TlsChannelCredentials");
  }
}
