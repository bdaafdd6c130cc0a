// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.settings.ProxySettings;
import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.Channel;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Connects to servers through the proxy of {@code proxy.address}. */
@Timeout(120)
class ProxyTest {

  private static final InetSocketAddress PROXY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1080);

  private final ServerSocket proxy = listen();

  private final String address = "localhost:" + this.proxy.getLocalPort();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class));

  @AfterEach
  void closeProxy() throws IOException {
    this.proxy.close();
  }

  @Test
  void proxyGetsTheServerAndTheLogin() {
    CompletableFuture<List<String>> request = CompletableFuture.supplyAsync(this::refuse);
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=greeter.example:9090",
            "grpc.client.targets.greeter.ssl.enabled=false",
            "grpc.client.targets.greeter.proxy.address=http://" + this.address,
            "grpc.client.targets.greeter.proxy.username=me",
            "grpc.client.targets.greeter.proxy.password=secret")
        .run(context -> {
          assertThatExceptionOfType(StatusRuntimeException.class)
              .isThrownBy(() -> check(context.getBean(Channel.class)))
              .withMessageContaining("through the HTTP proxy")
              .withMessageContaining("403");
          assertThat(request.join())
              .contains("CONNECT greeter.example:9090 HTTP/1.1")
              .anyMatch(line -> line.equalsIgnoreCase("proxy-authorization: Basic bWU6c2VjcmV0"));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "socks5://127.0.0.1:1080, SOCKS5",
    "SOCKS5H://127.0.0.1:1080/, SOCKS5",
    "socks://127.0.0.1:1080, SOCKS5",
    "https://127.0.0.1:1080, HTTPS"
  })
  void schemeNamesTheProtocolOfTheProxy(String proxy, Protocol protocol) throws IOException {
    InetSocketAddress server = InetSocketAddress.createUnresolved("greeter.example", 9090);
    TunnelAddress expected =
        TunnelAddress.through(protocol, PROXY, server).withLogin("me", "secret");

    assertThat(detector(proxy, "me", "secret").proxyFor(server)).isEqualTo(expected);
  }

  @Test
  void proxyOfSocks4GetsTheUser() throws IOException {
    InetSocketAddress server = InetSocketAddress.createUnresolved("greeter.example", 9090);

    assertThat(detector("socks4a://127.0.0.1:1080", "me", null).proxyFor(server))
        .isEqualTo(TunnelAddress.through(Protocol.SOCKS4, PROXY, server).withLogin("me", null));
  }

  @Test
  void serversOfThisMachineAreNotReachedThroughTheProxyOfTheDefaults() {
    try (HealthServer server = HealthServer.start()) {
      this.runner
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + server.address(),
              "grpc.client.defaults.proxy.address=" + this.address)
          .run(context -> check(context.getBean(Channel.class)));
    }
  }

  @Test
  void targetMaySwitchTheProxyOff() {
    try (HealthServer server = HealthServer.start()) {
      this.runner
          .withPropertyValues(
              "grpc.client.targets.greeter.address=" + server.address(),
              "grpc.client.targets.greeter.proxy.enabled=false",
              "grpc.client.targets.greeter.proxy.address=" + this.address)
          .run(context -> check(context.getBean(Channel.class)));
    }
  }

  @Test
  void loginOfTheDefaultsIsNotForTheProxyOfATarget() {
    TargetSettings settings = new SettingsFixture()
        .properties(
            "grpc.client.defaults.proxy.address", "first.example:3128",
            "grpc.client.defaults.proxy.username", "me",
            "grpc.client.defaults.proxy.password", "secret",
            "grpc.client.targets.greeter.address", "greeter.example:9090",
            "grpc.client.targets.greeter.proxy.address", "second.example:3128")
        .settings("greeter");

    assertThat(settings.values().getProxy().getUsername()).isNull();
    assertThat(settings.values().getProxy().getPassword()).isNull();
  }

  @Test
  void proxyOfATargetIsForServersOfThisMachineToo() throws IOException {
    InetSocketAddress server = InetSocketAddress.createUnresolved("localhost", 9090);

    assertThat(proxy("127.0.0.1", true).proxyFor(server))
        .isInstanceOfSatisfying(
            HttpConnectProxiedSocketAddress.class,
            proxied -> assertThat(proxied.getTargetAddress()).isEqualTo(server));
    assertThat(proxy("127.0.0.1", false).proxyFor(server)).isNull();
  }

  /** A channel that gets another configuration keeps its connections if the proxy is equal. */
  @Test
  void equalProxiesAreEqualAndHideThePassword() {
    assertThat(proxy("127.0.0.1", true))
        .isEqualTo(proxy("127.0.0.1", true))
        .isNotEqualTo(proxy("127.0.0.2", true));
    assertThat(proxy("127.0.0.1", true).toString()).doesNotContain("secret");
  }

  @Test
  void proxyThatCannotBeResolvedNamesTheProperty() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> proxy("no.such.host.invalid", true)
            .proxyFor(InetSocketAddress.createUnresolved("localhost", 9090)))
        .withMessage("the host of the proxy no.such.host.invalid:3128 (proxy.address, line 7)"
            + " cannot be resolved");
  }

  private static ConfiguredProxy detector(
      String address, String username, @Nullable String password) {
    TargetSettings settings = new SettingsFixture()
        .properties("grpc.client.targets.greeter.address", "greeter.example:9090")
        .settings("greeter");
    ProxySettings proxy = new ProxySettings();
    proxy.setUsername(username);
    proxy.setPassword(password);
    return new ProxyMapper(
            settings, ClientConnBuilder.forTarget("greeter.example:9090"), new TlsConfigurer(null))
        .configured(proxy, address);
  }

  private static ConfiguredProxy proxy(String host, boolean loopback) {
    return new ConfiguredProxy(
        Protocol.HTTP, host, 3128, loopback, "me", "secret", null, " (proxy.address, line 7)");
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  /** Reads one request and refuses it. */
  private List<String> refuse() {
    try (Socket socket = this.proxy.accept();
        BufferedReader reader = new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      List<String> lines = new ArrayList<>();
      for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
        lines.add(line);
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
