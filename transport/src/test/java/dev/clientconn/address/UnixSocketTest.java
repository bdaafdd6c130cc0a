// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.tls.Pki;
import io.grpc.InsecureServerCredentials;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unix sockets with a path and without one, over epoll and over NIO. */
@Timeout(120)
class UnixSocketTest {

  private static final NameResolverRegistry REGISTRY = NameResolverRegistry.getDefaultRegistry();

  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  @TempDir
  Path directory;

  /** grpc-java's, which comes with its Netty server; the tests are about ours. */
  private NameResolverProvider foreign;

  @BeforeEach
  void useOurResolver() {
    foreign = REGISTRY.getProviderForScheme("unix");
    assertThat(foreign.getClass().getName()).startsWith("io.grpc.netty");
    REGISTRY.deregister(foreign);
  }

  @AfterEach
  void restore() {
    REGISTRY.register(foreign);
  }

  @AfterAll
  static void endLoops() {
    LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  @Conforms({"T003", "C141"})
  @ParameterizedTest
  @EnumSource
  void reachesAServerByItsAbsolutePath(ChosenIo io) throws Exception {
    Path socket = directory.resolve("greeter.sock");
    serve(socket.toString());

    echo.works(io.build(plaintext("unix://" + socket), null));
    echo.works(io.build(plaintext("unix:" + socket), null));

    assertThat(echo.authorities()).containsExactly("localhost", "localhost");
  }

  @ParameterizedTest
  @EnumSource
  void reachesAServerByItsRelativePath(ChosenIo io) throws Exception {
    Path socket = directory.resolve("greeter.sock");
    serve(socket.toString());

    Path relative = Path.of("").toAbsolutePath().relativize(socket);

    echo.works(io.build(plaintext("unix:" + relative), null));
  }

  @Conforms("C145")
  @ParameterizedTest
  @ValueSource(strings = {"my greeter", "a%20b", "what?", "no#1", "[x]", "ü"})
  void takesOddLettersInAPath(String name) throws Exception {
    String socket = directory.resolve(name.replace("%20", " ")).toString();
    serve(socket);

    echo.works(ChosenIo.EPOLL.build(plaintext("unix://" + directory + "/" + name), null));
  }

  @ParameterizedTest
  @EnumSource
  void takesTheAddressesOfGrpcJavasResolver(ChosenIo io) throws Exception {
    REGISTRY.register(foreign);
    Path socket = directory.resolve("greeter.sock");
    serve(socket.toString());

    echo.works(io.build(plaintext("unix://" + socket), null));
  }

  @ParameterizedTest
  @EnumSource
  void speaksTlsOverAUnixSocket(ChosenIo io) throws Exception {
    Pki pki = new Pki();
    X509Bundle certificate = pki.server();
    Path socket = directory.resolve("greeter.sock");
    serve(
        socket.toString(),
        TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate)));

    echo.works(io.build(
        ClientConnBuilder.forTarget("unix://" + socket),
        TlsCredentials.toSslContext(
            TlsChannelCredentials.newBuilder().trustManager(pki.rootPem()).build())));
  }

  @ParameterizedTest
  @EnumSource
  void absentSocketIsNamed(ChosenIo io) {
    Path socket = directory.resolve("nobody.sock");

    assertThat(echo.failure(io.build(plaintext("unix://" + socket), null)))
        .contains("cannot connect to unix:" + socket, "No such file or directory");
  }

  @Conforms("C145")
  @Test
  void reachesAServerByItsAbstractName() throws Exception {
    String name = "clientconn-test-" + UUID.randomUUID();
    serve("\0" + name);

    echo.works(ChosenIo.EPOLL.build(plaintext("unix-abstract:" + name), null));

    assertThat(echo.authorities()).containsExactly("localhost");
  }

  @Test
  void abstractNamesNeedEpoll() {
    assertThat(echo.failure(ChosenIo.NIO.build(plaintext("unix-abstract:greeter"), null)))
        .contains("unix-abstract:greeter", "netty-transport-native-epoll");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix://host/path", "unix://relative", "unix-abstract://x"})
  void targetsThatNameNoSocketAreRefused(String target) {
    assertThatThrownBy(() -> plaintext(target).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(target, "unix:///absolute/path");
  }

  private void serve(String path) throws IOException {
    serve(path, InsecureServerCredentials.create());
  }

  private void serve(String path, ServerCredentials credentials) throws IOException {
    echo.serve(NettyServerBuilder.forAddress(new DomainSocketAddress(path), credentials)
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(LOOPS)
        .workerEventLoopGroup(LOOPS));
  }

  private static ClientConnBuilder plaintext(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext();
  }
}
