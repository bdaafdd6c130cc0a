// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TunnelAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens a tunnel through an HTTP proxy by CONNECT (RFC 9110 section 9.3.6) in HTTP/1.1. */
@EventLoopConfined
final class HttpConnectHandshake extends ProxyHandshake {

  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_SHOWN = 100;
  private static final String CRLF = "\r\n";
  private static final Pattern STATUS_LINE =
      Pattern.compile("(?s)HTTP/1\\.\\d\\s(\\d{3})(?:\\s(.*))?");
  private static final Pattern CHALLENGE =
      Pattern.compile("(?i)proxy-authenticate:[ \t]*([!-~&&[^,=]]+).*");

  private static final Pattern NOT_IN_A_HOST = Pattern.compile("[\\x00-\\x20\\x7f]");
  private static final Pattern NOT_IN_A_VALUE = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final int FORBIDDEN = 403;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int AUTHENTICATION_REQUIRED = 407;

  private final String requestHead;

  HttpConnectHandshake(TunnelAddress address, ChannelHandler inside, Promise<Void> opened) {
    super(address, inside, opened);
    requestHead = requestHead(address);
  }

  /** A line break in one of these would begin another header, or another request. */
  private static String requestHead(TunnelAddress address) {
    String target = address.authority();
    if (NOT_IN_A_HOST.matcher(target).find()) {
      throw new IllegalArgumentException("the server's name has a space or a control character");
    }
    StringBuilder head = new StringBuilder("CONNECT " + target + " HTTP/1.1" + CRLF);
    head.append("host: ").append(target).append(CRLF);
    String user = address.user();
    if (user != null) {
      String password = address.password();
      String login = user + ":" + (password == null ? "" : password);
      head.append("proxy-authorization: Basic ")
          .append(Base64.getEncoder().encodeToString(login.getBytes(UTF_8)))
          .append(CRLF);
    }
    address.headers().forEach((name, value) -> {
      // The message has no value, which may be secret.
      if (!HEADER_NAME.matcher(name).matches() || NOT_IN_A_VALUE.matcher(value).find()) {
        throw new IllegalArgumentException("the header '" + shown(name)
            + "' for the proxy has characters that HTTP does not allow");
      }
      head.append(name).append(": ").append(value).append(CRLF);
    });
    return head.append(CRLF).toString();
  }

  @Override
  int firstByte() {
    return HTTP;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    send(ctx, "CONNECT " + address().authority(), Unpooled.copiedBuffer(requestHead, ISO_8859_1));
  }

  @Override
  void respond(ChannelHandlerContext ctx, ByteBuf response) {
    int length = headLength(response);
    if (length == 0) {
      if (response.readableBytes() > MAX_HEAD) {
        refuse(ctx, "with a head of more than " + MAX_HEAD + " bytes");
      }
      return;
    }
    List<String> head =
        response.readCharSequence(length, ISO_8859_1).toString().lines().toList();
    Matcher line = STATUS_LINE.matcher(head.get(0));
    if (!line.matches()) {
      refuse(ctx, "with '" + shown(head.get(0)) + "', which is not HTTP/1");
      return;
    }
    int code = Integer.parseInt(line.group(1));
    switch (code / 100) {
      // RFC 9110 section 15.2: interim responses come before the final one.
      case 1 -> {}
      // RFC 9110 section 9.3.6: no body follows, whatever content-length says.
      case 2 -> succeed(ctx);
      default -> {
        String status = line.group(1) + (line.group(2) == null ? "" : " " + shown(line.group(2)));
        refuse(ctx, "with " + status + ": " + advice(code, head));
      }
    }
  }

  /** Returns 0 while the head is not complete. RFC 9112 section 2.2 allows LF in place of CRLF. */
  private static int headLength(ByteBuf response) {
    int end = response.writerIndex();
    for (int i = response.readerIndex(); i < end; i++) {
      if (response.getByte(i) == '\n') {
        int next = i + 1 < end && response.getByte(i + 1) == '\r' ? i + 2 : i + 1;
        if (next < end && response.getByte(next) == '\n') {
          return next + 1 - response.readerIndex();
        }
      }
    }
    return 0;
  }

  private String advice(int code, List<String> head) {
    if (code == AUTHENTICATION_REQUIRED) {
      return authenticationAdvice(head.stream()
          .map(CHALLENGE::matcher)
          .filter(Matcher::matches)
          .map(challenge -> shown(challenge.group(1)))
          .distinct()
          .toList());
    }
    return code == FORBIDDEN || code == METHOD_NOT_ALLOWED
        ? "have the proxy allow this target, or keep the target off it (NO_PROXY)"
        : "see the proxy's log";
  }

  private String authenticationAdvice(List<String> schemes) {
    if (!schemes.isEmpty() && schemes.stream().noneMatch("Basic"::equalsIgnoreCase)) {
      return "it demands authentication by " + String.join(", ", schemes)
          + ", and this channel has only Basic: use a proxy on this machine that does it";
    }
    return address().user() == null ? loginAdvice() : "it does not accept this user and password";
  }

  /** Text of the proxy, which may be anything. */
  private static String shown(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "…";
  }
}
