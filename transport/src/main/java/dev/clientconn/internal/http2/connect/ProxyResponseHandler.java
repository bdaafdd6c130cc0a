// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Checks a proxy's response to CONNECT. Any status but 200 closes the connection at once, whether
 * or not a body follows; {@link #refusal} then describes it. Never shows the password.
 */
@EventLoopConfined
final class ProxyResponseHandler extends ChannelInboundHandlerAdapter {

  private final HttpConnectProxiedSocketAddress address;
  private @Nullable HttpResponse received;

  ProxyResponseHandler(HttpConnectProxiedSocketAddress address) {
    this.address = address;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (received == null && message instanceof HttpResponse response) {
      received = response;
      if (response.decoderResult().isFailure()
          || !response.status().equals(HttpResponseStatus.OK)) {
        ReferenceCountUtil.release(message);
        ctx.close();
        return;
      }
      ctx.pipeline().remove(this);
    }
    ctx.fireChannelRead(message);
  }

  ProxyException unreachable(Throwable cause) {
    return new ProxyException(
        "the proxy cannot be reached (" + ConnectFailure.reason(cause)
            + "): check HTTPS_PROXY, https.proxyHost or the channel's ProxyDetector",
        cause);
  }

  /** Describes why there is no tunnel. Call after the connection has ended. */
  ProxyException refusal() {
    String request = "CONNECT " + AddressText.of(address.getTargetAddress());
    if (received == null) {
      return refusal("closed the connection instead of answering " + request
          + ": is it an HTTP proxy, and without TLS?");
    }
    if (received.decoderResult().isFailure()) {
      return refusal("did not answer " + request + " in HTTP/1: is it an HTTP proxy?");
    }
    int code = received.status().code();
    return refusal("answered " + request + " with " + received.status() + ": " + advice(code));
  }

  private ProxyException refusal(String what) {
    return new ProxyException(
        "the proxy " + AddressText.of(address.getProxyAddress()) + " " + what, null);
  }

  private String advice(int code) {
    if (code == HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED.code()) {
      return address.getUsername() == null
          ? "give it a user and a password, as in HTTPS_PROXY=http://user:password@host:port"
          : "it does not accept this user and password";
    }
    if (code == HttpResponseStatus.FORBIDDEN.code()
        || code == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      return "have the proxy allow this target, or keep the target off it (NO_PROXY)";
    }
    return "see the proxy's log";
  }
}
