// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The responses of proxies, as TCP may cut and join them. */
class ProxyHandshakeTest {

  private static final String HTTP =
      HexFormat.of().formatHex("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n".getBytes(ISO_8859_1));

  private final Promise<Void> opened = ImmediateEventExecutor.INSTANCE.newPromise();

  @ParameterizedTest
  @CsvSource({
    "SOCKS5, 0502010005000001c0a80001d431",
    "SOCKS5, 0502010005000003026162d431",
    "SOCKS5, 0500050000040000000000000000000000000000000100ff",
    "SOCKS4, 005a0000c0a80001",
    "HTTP, ''"
  })
  void responsesMayComeInAnyPieces(Protocol protocol, String hex) {
    byte[] responses = HexFormat.of().parseHex(protocol == Protocol.HTTP ? HTTP : hex);
    // A login where the proxy demands one: the second byte of its first response.
    ProxyHandshake handshake = handshake(protocol, hex.startsWith("0502"));
    EmbeddedChannel channel = new EmbeddedChannel(handshake);

    for (int i = 0; i < responses.length; i++) {
      assertThat(opened.isDone()).as("opened before byte %s", i).isFalse();
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {responses[i]}));
    }

    assertThat(opened.isSuccess()).isTrue();
    assertThat(channel.inboundMessages()).isEmpty();
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvSource({"SOCKS5, 050005000001c0a80001d431", "SOCKS4, 005a0000c0a80001", "HTTP, ''"})
  void bytesBehindTheResponsesAreTheServers(Protocol protocol, String hex) {
    EmbeddedChannel channel = new EmbeddedChannel(handshake(protocol, false));

    channel.writeInbound(Unpooled.wrappedBuffer(
        HexFormat.of().parseHex((protocol == Protocol.HTTP ? HTTP : hex) + "00000604")));

    assertThat(opened.isSuccess()).isTrue();
    ByteBuf rest = channel.readInbound();
    assertThat(ByteBufUtil.hexDump(rest)).isEqualTo("00000604");
    rest.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void headThatNeverEndsIsNotKept() {
    ProxyHandshake handshake = handshake(Protocol.HTTP, false);
    EmbeddedChannel channel = new EmbeddedChannel(handshake);

    channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nA: ", ISO_8859_1));
    for (int i = 0; i < 70 && channel.isOpen(); i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[1024]));
    }

    assertThat(channel.isOpen()).isFalse();
    assertThat(handshake.failure()).hasMessageContaining("with a head of more than 65536 bytes");
    channel.finishAndReleaseAll();
  }

  @Test
  void reasonPhraseMayHaveAnyByteBehindAscii() {
    EmbeddedChannel channel = new EmbeddedChannel(handshake(Protocol.HTTP, false));

    // The second byte of this letter is a line end of Unicode where bytes are read as ISO 8859-1.
    channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 200 \u00c5 OK\r\n\r\n", UTF_8));

    assertThat(opened.isSuccess()).isTrue();
    channel.finishAndReleaseAll();
  }

  private ProxyHandshake handshake(Protocol protocol, boolean login) {
    TunnelAddress bare = TunnelAddress.through(
        protocol,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1080),
        InetSocketAddress.createUnresolved("greeter.example", 443));
    TunnelAddress address = login ? bare.withLogin("ann", "secret") : bare;
    ChannelInboundHandlerAdapter inside = new ChannelInboundHandlerAdapter();
    return switch (protocol) {
      case SOCKS4 -> new Socks4Handshake(address, inside, opened);
      case SOCKS5 -> new Socks5Handshake(address, inside, opened);
      case HTTP, HTTPS -> new HttpConnectHandshake(address, inside, opened);
    };
  }
}
