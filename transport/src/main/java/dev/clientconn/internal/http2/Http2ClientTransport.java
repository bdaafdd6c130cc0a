// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.http2.connect.AuthorityCheck;
import dev.clientconn.internal.http2.connect.TcpReport;
import dev.clientconn.internal.http2.connect.TlsHandshake;
import dev.clientconn.internal.http2.frame.FrameReader;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.transport.WaitCounters;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import io.grpc.Attributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Implements the transport over one HTTP/2 connection, for callers on any thread: connects, creates
 * streams, and passes everything else to the event loop as commands.
 */
@CrossesThreads
final class Http2ClientTransport implements ClientTransport {

  /**
   * Consumed bytes are returned to the loop when they are this fraction of the stream's window: a
   * command for each message would wake the loop as often.
   */
  private static final int CREDIT_BATCHES = 8;

  /**
   * Describes the server to connect to.
   *
   * @param authority the default {@code :authority}, and the name expected in the certificate
   * @param sslContext {@code null} for plaintext
   */
  record Peer(
      SocketAddress address, String authority, @Nullable SslContext sslContext) {}

  private final EventLoop loop;
  private final Peer peer;
  private final TransportOptions options;
  private final TransportCounters counters;
  private final RequestHeaders requestHeaders;
  private final ControlBuffer controlBuffer;
  /** Not private for tests, which look at its queues. */
  final Http2Client client;

  /** With TLS only: without it there is no certificate to check against. */
  private final @Nullable AuthorityCheck authorities;

  private final TransportAttributes attributes;
  private final ActiveStreams activeStreams;
  /** Created for the first measurement. */
  private volatile @Nullable LoopProbe probe;

  Http2ClientTransport(EventLoop loop, Peer peer, TransportOptions options, Listener owner) {
    this(loop, peer, options, owner, new ActiveStreams());
  }

  Http2ClientTransport(
      EventLoop loop,
      Peer peer,
      TransportOptions options,
      Listener owner,
      ActiveStreams activeStreams) {
    this.loop = loop;
    this.peer = peer;
    this.options = options;
    this.activeStreams = activeStreams;
    this.counters = new TransportCounters(peer.address(), loop.ticker());
    this.requestHeaders = new RequestHeaders(
        peer.sslContext() == null ? "http" : "https",
        peer.authority(),
        options.userAgent(),
        options.acceptEncoding());
    this.authorities = peer.sslContext() == null ? null : new AuthorityCheck(peer.authority());
    TransportFilters filters = new TransportFilters(options.filters());
    this.attributes = new TransportAttributes(counters, authorities, filters);
    this.client = new Http2Client(
        loop,
        peer.address(),
        options,
        new TransportLifecycle(owner, filters),
        counters,
        attributes,
        activeStreams);
    this.controlBuffer = client.controlBuffer();
  }

  void connect(Dialer dialer) {
    Dialer.Request request =
        new Dialer.Request(peer.address(), loop, pipeline(), options.connectTimeout());
    loop.execute(() -> client.connectAttempt().dial(() -> dialer.dial(request)));
  }

  private ChannelHandler pipeline() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (client.connectAttempt().isFinished()) {
          // The dialer has registered it after the attempt ended.
          channel.close();
          return;
        }
        TcpReport.addTo(channel, client.lifecycle.observer());
        FrameReader frameReader =
            new FrameReader(new InboundFrames(client), options.maxInboundMetadataSize());
        Http2Handler http2 = new Http2Handler(client, frameReader);
        SslContext tls = peer.sslContext();
        if (tls == null) {
          channel.pipeline().addLast("http2", http2);
        } else {
          TlsHandshake.addTo(
              channel.pipeline(), tls, peer.authority(), http2, client.connectAttempt());
        }
      }

      /** Code of the user has thrown, for example the TLS context. */
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        client.connectAttempt().recordCause(cause);
        ctx.close();
      }
    };
  }

  @Override
  public ClientStream newStream(StreamParameters call, ClientStream.Listener listener) {
    return newStream(call, listener, false);
  }

  @Override
  public ClientStream newStreamInSlot(StreamParameters call, ClientStream.Listener listener) {
    return newStream(call, listener, true);
  }

  private ClientStream newStream(
      StreamParameters call, ClientStream.Listener listener, boolean inSlot) {
    int creditBatch = Math.max(1, options.streamWindow() / CREDIT_BATCHES);
    try {
      checkAuthority(call.authority());
      return new Http2ClientStream(
          controlBuffer, call, requestHeaders.of(call), null, listener, creditBatch, inSlot);
    } catch (StatusRuntimeException e) {
      return new Http2ClientStream(
          controlBuffer,
          call,
          RequestHeaders.Lists.NONE,
          e.getStatus(),
          listener,
          creditBatch,
          inSlot);
    }
  }

  private void checkAuthority(@Nullable String override) {
    if (override != null && authorities != null) {
      Status refusal = authorities.refusal(override);
      if (refusal != null) {
        throw refusal.asRuntimeException();
      }
    }
  }

  @Override
  public Attributes attributes() {
    return attributes.current();
  }

  @Override
  public String authority() {
    return peer.authority();
  }

  @Override
  public void countStreams(StreamSlots slots) {
    controlBuffer.put(new Commands.CountStreams(slots));
  }

  @Override
  public void shutdown(Status reason) {
    controlBuffer.put(new Commands.Shutdown(reason, false));
  }

  @Override
  public void returnWaiting(Status reason) {
    controlBuffer.put(new Commands.ReturnWaiting(reason));
  }

  @Override
  public void replace(Status reason) {
    controlBuffer.put(new Commands.Replace(reason));
  }

  @Override
  public void shutdownNow(Status reason) {
    controlBuffer.put(new Commands.Shutdown(reason, true));
  }

  @Override
  public long id() {
    return counters.id();
  }

  @Override
  public WaitCounters waits() {
    return client.waits.totals();
  }

  @Override
  public TransportSnapshot snapshot() {
    return TransportReport.of(
        counters, options, attributes.tls(), controlBuffer.waitingCommands(), probe);
  }

  @Override
  public CompletableFuture<List<StreamSnapshot>> streams() {
    CompletableFuture<List<StreamSnapshot>> result = new CompletableFuture<>();
    try {
      loop.execute(() -> StreamReport.begin(client, result));
    } catch (RejectedExecutionException e) {
      // Loops outlive their connections: there are no streams.
      result.complete(List.of());
    }
    return result;
  }

  @Override
  public Counters counters() {
    return TransportReport.counters(counters);
  }

  @Override
  public void measure() {
    LoopProbe known = probe;
    (known == null ? createProbe() : known).request();
  }

  private synchronized LoopProbe createProbe() {
    LoopProbe known = probe;
    if (known == null) {
      known = new LoopProbe(loop, activeStreams, client.waits);
      probe = known;
    }
    return known;
  }
}
