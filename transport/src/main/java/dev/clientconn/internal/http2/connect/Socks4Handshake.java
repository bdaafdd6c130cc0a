// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TunnelAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;

/**
 * Opens a tunnel through a SOCKS4 proxy. A name goes to the proxy by the extension SOCKS4a, behind
 * an address that cannot exist.
 */
@EventLoopConfined
final class Socks4Handshake extends ProxyHandshake {

  private static final int VERSION = 4;
  private static final int CONNECT = 1;
  private static final byte[] ADDRESS_OF_A_NAME = {0, 0, 0, 1};
  private static final int NUL = 0;
  /** Null byte, reply, port and address. */
  private static final int REPLY_LENGTH = 8;

  Socks4Handshake(TunnelAddress address, ChannelHandler inside, Promise<Void> opened) {
    super(address, inside, opened);
  }

  @Override
  int firstByte() {
    return SOCKS4;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    byte[] literal = Socks5Handshake.literal(address());
    String user = address().user();
    ByteBuf request = Unpooled.buffer()
        .writeByte(VERSION)
        .writeByte(CONNECT)
        .writeShort(address().target().getPort())
        .writeBytes(literal == null ? ADDRESS_OF_A_NAME : literal)
        .writeBytes(user == null ? new byte[0] : user.getBytes(UTF_8))
        .writeByte(NUL);
    if (literal == null) {
      request.writeBytes(address().target().getHostString().getBytes(UTF_8)).writeByte(NUL);
    }
    send(ctx, "the request for " + address().authority(), request);
  }

  @Override
  void respond(ChannelHandlerContext ctx, ByteBuf response) {
    if (response.readableBytes() < 2) {
      return;
    }
    int reply = response.getUnsignedByte(response.readerIndex() + 1);
    if (reply != 90) {
      refuse(ctx, "with " + reply + ", " + meaning(reply));
    } else if (response.readableBytes() >= REPLY_LENGTH) {
      response.skipBytes(REPLY_LENGTH);
      succeed(ctx);
    }
  }

  private String meaning(int reply) {
    return switch (reply) {
      case 91 ->
        "rejected or failed: "
            + (Socks5Handshake.literal(address()) == null
                ? "the proxy does not allow this target, cannot reach it, or does not resolve names"
                : "the proxy does not allow this target, or cannot reach it");
      case 92, 93 ->
        "the identity of this user is not confirmed: the proxy demands identd, or"
            + " another user";
      default -> "which SOCKS4 does not define: see the proxy's log";
    };
  }
}
