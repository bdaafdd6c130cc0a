// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.netty.handler.ssl.SslContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Verifies an https proxy by the bundle of {@code proxy.ssl.bundle}. */
@Timeout(60)
class ProxyBundleTest {

  private static final String GREETER = "grpc.client.targets.greeter.";

  private static final String BUNDLE = "spring.ssl.bundle.pem.corporate.";

  private final SslBundle material = bundle();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(
          AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class));

  @Test
  void proxyWithACertificateOfTheBundleIsUsed() throws IOException {
    try (ServerSocket proxy = listen()) {
      CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> refuse(proxy));
      through(proxy)
          .withPropertyValues(
              GREETER + "proxy.ssl.bundle=corporate",
              BUNDLE + "truststore.certificate=classpath:tls/server.crt")
          .run(context -> {
            assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> check(context.getBean(Channel.class)))
                .withMessageContaining("through the HTTPS proxy localhost")
                .withMessageContaining("403");
            assertThat(request.join()).isEqualTo("CONNECT greeter.example:9090 HTTP/1.1");
          });
    }
  }

  @Test
  void proxyWithAnotherCertificateIsNotUsed() throws IOException {
    try (ServerSocket proxy = listen()) {
      CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> refuse(proxy));
      through(proxy).run(context -> {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> check(context.getBean(Channel.class)))
            .withMessageContaining("the proxy's certificate is not accepted")
            .withMessageContaining("proxy.ssl.bundle");
        assertThat(request.handle((line, failure) -> failure).join()).isNotNull();
      });
    }
  }

  @Test
  void updateOfTheBundleIsUsedByNewConnections() {
    DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry("corporate", this.material);
    try (TlsConfigurer tls = new TlsConfigurer(registry)) {
      TargetSettings settings = new SettingsFixture()
          .properties(GREETER + "proxy.ssl.bundle", "corporate")
          .settings("greeter");
      Supplier<SslContext> supplier = tls.ofProxy(settings, "corporate");
      SslContext before = supplier.get();
      assertThat(before.applicationProtocolNegotiator().protocols()).containsExactly("http/1.1");

      registry.updateBundle("corporate", bundle());

      assertThat(supplier.get()).isNotSameAs(before);
      assertThat(tls.ofProxy(settings, "corporate"))
          .as("equal proxies are the same to a channel")
          .isSameAs(supplier);
    }
  }

  private ApplicationContextRunner through(ServerSocket proxy) {
    return this.runner.withPropertyValues(
        GREETER + "address=greeter.example:9090",
        GREETER + "ssl.enabled=false",
        GREETER + "proxy.address=https://localhost:" + proxy.getLocalPort());
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private ServerSocket listen() throws IOException {
    return this.material
        .createSslContext()
        .getServerSocketFactory()
        .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Reads one request and refuses it. */
  private static String refuse(ServerSocket proxy) {
    try (Socket socket = proxy.accept();
        BufferedReader reader = new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      String first = reader.readLine();
      String line = first;
      while (line != null && !line.isEmpty()) {
        line = reader.readLine();
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return first;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SslBundle bundle() {
    return SslBundle.of(new PemSslStoreBundle(
        PemSslStoreDetails.forCertificate("classpath:tls/server.crt")
            .withPrivateKey("classpath:tls/server.key"),
        PemSslStoreDetails.forCertificate("classpath:tls/server.crt")));
  }
}
