// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.http2.connect.AuthorityCheck;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.http2.connect.TlsHandshake;
import dev.clientconn.internal.http2.frame.FrameReader;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The door to a connection: what any thread may call. Builds the connection's parts, starts it, and passes everything
 * else on as commands.
 */
@CrossesThreads
final class Http2ClientTransport implements ClientTransport, Http2Client.Link {

  /** Bytes of a stream that the application may have taken before the loop is told: an eighth of its window. */
  private static final int CREDIT_BATCHES = 8;

  /**
   * The other end.
   *
   * @param authority the default {@code :authority}, and whose certificate is expected
   * @param sslContext {@code null} for plaintext
   */
  record Peer(
      SocketAddress address, String authority, @Nullable SslContext sslContext) {}

  private final EventLoop loop;
  private final Peer peer;
  private final TransportOptions options;
  private final TransportCounters counters;
  private final RequestHeaders requestHeaders;
  private final ControlBuffer control;
  private final Http2Client client;
  private final TransportFilters filters;
  private final ConnectAttempt connecting;
  private final AuthorityCheck authorities;
  /**
   * Of a ready connection with TLS, because a channel that is closed has no session any more, or with filters. Otherwise
   * the attributes are made on demand.
   */
  private volatile @Nullable Attributes attributes;

  Http2ClientTransport(EventLoop loop, Peer peer, TransportOptions options, Listener owner) {
    this(loop, peer, options, owner, new ActiveStreams());
  }

  Http2ClientTransport(
      EventLoop loop, Peer peer, TransportOptions options, Listener owner, ActiveStreams table) {
    this.loop = loop;
    this.peer = peer;
    this.options = options;
    this.counters = new TransportCounters(peer.address());
    this.requestHeaders = new RequestHeaders(
        peer.sslContext() == null ? "http" : "https",
        peer.authority(),
        options.userAgent(),
        options.acceptEncoding());
    this.authorities = new AuthorityCheck(peer.authority());
    this.filters = new TransportFilters(options.filters());
    TransportLifecycle lifecycle = new TransportLifecycle(owner, filters);
    this.client = new Http2Client(loop, options, lifecycle, counters, table, this);
    this.connecting = new ConnectAttempt(
        loop, peer.address(), options.connectTimeout(), client::close, client::disconnected);
    this.control = client.control();
  }

  void connect(Dialer dialer) {
    Dialer.Request request =
        new Dialer.Request(peer.address(), loop, pipeline(), options.connectTimeout());
    loop.execute(() -> connecting.start(() -> dialer.dial(request)));
  }

  private ChannelHandler pipeline() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (connecting.isFinished()) {
          // The dialer has registered it too late.
          channel.close();
          return;
        }
        FrameReader decoder = new FrameReader(client.frames(), options.maxInboundMetadataSize());
        Http2Handler http2 = new Http2Handler(client, decoder, connecting);
        SslContext tls = peer.sslContext();
        if (tls == null) {
          channel.pipeline().addLast("http2", http2);
        } else {
          TlsHandshake.addTo(channel.pipeline(), tls, peer.authority(), http2, connecting);
        }
      }

      /** Something of the user's threw, the TLS context for one. */
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connecting.because(cause);
        ctx.close();
      }
    };
  }

  @Override
  public Attributes settingsReceived() {
    Channel channel = connecting.channel();
    SslHandler tls = channel == null ? null : channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      SSLSession session = tls.engine().getSession();
      authorities.verified(session);
      attributes = makeAttributes().toBuilder()
          .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
          .build();
    }
    if (!options.filters().isEmpty()) {
      attributes = filtered(attributes());
    }
    connecting.ready();
    return attributes();
  }

  private Attributes filtered(Attributes made) {
    try {
      return filters.ready(made);
    } catch (IllegalStateException e) {
      // The status of the connection's end shall name the filter, whatever wraps it on its way.
      connecting.because(e);
      throw e;
    }
  }

  private Attributes makeAttributes() {
    Attributes.Builder builder = Attributes.newBuilder();
    SocketAddress remote = counters.remote();
    if (remote != null) {
      builder.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remote);
    }
    SocketAddress local = counters.local();
    if (local != null) {
      builder.set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, local);
    }
    return builder.build();
  }

  @Override
  public void disconnect() {
    connecting.disconnect();
  }

  @Override
  public ClientStream newStream(StreamParameters call, ClientStream.Listener listener) {
    int creditBatch = Math.max(1, options.streamWindow() / CREDIT_BATCHES);
    try {
      checkAuthority(call.authority());
      return new Http2ClientStream(
          control, call, requestHeaders.of(call), null, listener, creditBatch);
    } catch (StatusRuntimeException e) {
      return new Http2ClientStream(
          control, call, RequestHeaders.Lists.NONE, e.getStatus(), listener, creditBatch);
    }
  }

  private void checkAuthority(@Nullable String callsOwn) {
    if (callsOwn != null && peer.sslContext() != null) {
      Status refusal = authorities.refusal(callsOwn);
      if (refusal != null) {
        throw refusal.asRuntimeException();
      }
    }
  }

  @Override
  public Attributes attributes() {
    Attributes known = attributes;
    return known == null ? makeAttributes() : known;
  }

  @Override
  public void shutdown(Status reason) {
    control.put(new Commands.Shutdown(reason, false));
  }

  @Override
  public void shutdownNow(Status reason) {
    control.put(new Commands.Shutdown(reason, true));
  }

  @Override
  public TransportSnapshot snapshot() {
    return counters.snapshot();
  }
}
