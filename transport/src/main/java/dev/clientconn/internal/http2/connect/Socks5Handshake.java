// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TunnelAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Opens a tunnel through a SOCKS5 proxy (RFC 1928): greeting, login if the proxy demands one (RFC
 * 1929), request. A name goes to the proxy, which resolves it.
 */
@EventLoopConfined
final class Socks5Handshake extends ProxyHandshake {

  private enum State {
    GREETED,
    LOGGED_IN,
    REQUESTED
  }

  private static final int NO_AUTHENTICATION = 0;
  private static final int USER_AND_PASSWORD = 2;
  private static final int NONE_ACCEPTED = 0xff;
  private static final int LOGIN_VERSION = 1;
  private static final int CONNECT = 1;
  private static final int RESERVED = 0;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;
  /** Version, reply, reserved byte and type of the address. */
  private static final int REPLY_HEAD = 4;

  private static final int PORT_LENGTH = 2;

  private State state = State.GREETED;

  Socks5Handshake(TunnelAddress address, ChannelHandler inside, Promise<Void> opened) {
    super(address, inside, opened);
  }

  @Override
  int firstByte() {
    return SOCKS5;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    ByteBuf greeting = address().user() == null
        ? Unpooled.wrappedBuffer(new byte[] {SOCKS5, 1, NO_AUTHENTICATION})
        : Unpooled.wrappedBuffer(new byte[] {SOCKS5, 2, NO_AUTHENTICATION, USER_AND_PASSWORD});
    send(ctx, "the SOCKS5 greeting", greeting);
  }

  @Override
  void respond(ChannelHandlerContext ctx, ByteBuf response) {
    if (response.readableBytes() < 2) {
      return;
    }
    int second = response.getUnsignedByte(response.readerIndex() + 1);
    switch (state) {
      case GREETED -> {
        response.skipBytes(2);
        methodChosen(ctx, second);
      }
      case LOGGED_IN -> {
        response.skipBytes(2);
        // RFC 1929: any other status than 0 is a failure.
        if (second == 0) {
          request(ctx);
        } else {
          refuse(ctx, "with status " + second + ": it does not accept this user and password");
        }
      }
      case REQUESTED -> replied(ctx, response, second);
    }
  }

  private void methodChosen(ChannelHandlerContext ctx, int method) {
    String user = address().user();
    if (method == NO_AUTHENTICATION) {
      request(ctx);
    } else if (method == USER_AND_PASSWORD && user != null) {
      login(ctx, user);
    } else if (method == NONE_ACCEPTED && user == null) {
      refuse(ctx, "that it demands authentication: " + loginAdvice());
    } else if (method == NONE_ACCEPTED) {
      refuse(ctx, "that it has no authentication by user and password (RFC 1929)");
    } else {
      refuse(ctx, "with the authentication " + method + ", which was not offered");
    }
  }

  private void login(ChannelHandlerContext ctx, String user) {
    String secret = address().password();
    byte[] name = user.getBytes(UTF_8);
    byte[] password = secret == null ? new byte[0] : secret.getBytes(UTF_8);
    ByteBuf login = Unpooled.buffer(3 + name.length + password.length)
        .writeByte(LOGIN_VERSION)
        .writeByte(name.length)
        .writeBytes(name)
        .writeByte(password.length)
        .writeBytes(password);
    state = State.LOGGED_IN;
    send(ctx, "the login", login);
  }

  private void request(ChannelHandlerContext ctx) {
    ByteBuf request = Unpooled.buffer().writeByte(SOCKS5).writeByte(CONNECT).writeByte(RESERVED);
    byte[] literal = literal(address());
    if (literal == null) {
      byte[] name = address().target().getHostString().getBytes(UTF_8);
      request.writeByte(NAME).writeByte(name.length).writeBytes(name);
    } else {
      request.writeByte(literal.length == 4 ? IPV4 : IPV6).writeBytes(literal);
    }
    state = State.REQUESTED;
    send(
        ctx,
        "the request for " + address().authority(),
        request.writeShort(address().target().getPort()));
  }

  /** The target's address, {@code null} if it is a name that the proxy resolves. */
  static byte @Nullable [] literal(TunnelAddress address) {
    return address.target().isUnresolved()
        ? NetUtil.createByteArrayFromIpAddressString(address.target().getHostString())
        : address.target().getAddress().getAddress();
  }

  private void replied(ChannelHandlerContext ctx, ByteBuf response, int reply) {
    if (reply != 0) {
      refuse(ctx, "with " + reply + ", " + meaning(reply));
      return;
    }
    if (response.readableBytes() <= REPLY_HEAD) {
      return;
    }
    int start = response.readerIndex();
    int addressLength = switch (response.getUnsignedByte(start + REPLY_HEAD - 1)) {
      case IPV4 -> 4;
      case IPV6 -> 16;
      case NAME -> 1 + response.getUnsignedByte(start + REPLY_HEAD);
      default -> -1;
    };
    int length = REPLY_HEAD + addressLength + PORT_LENGTH;
    if (addressLength < 0) {
      refuse(ctx, "with an address of unknown type, which is not SOCKS5");
    } else if (response.readableBytes() >= length) {
      response.skipBytes(length);
      succeed(ctx);
    }
  }

  /** RFC 1928 section 6. */
  private static String meaning(int reply) {
    return switch (reply) {
      case 1 -> "general failure: see the proxy's log";
      case 2 ->
        "not allowed by its rules: have the proxy allow this target, or keep the target off"
            + " it (NO_PROXY)";
      case 3 -> "network unreachable: the proxy has no route to the server";
      case 4 -> "host unreachable: the proxy cannot reach the server, or not resolve its name";
      case 5 -> "connection refused: no server listens at this address, as the proxy sees it";
      case 6 -> "time to live expired: the proxy cannot reach the server";
      case 7 -> "command not supported: the proxy opens no TCP connections";
      case 8 -> "address type not supported: the proxy does not resolve names, or has no IPv6";
      default -> "which RFC 1928 does not define: see the proxy's log";
    };
  }
}
