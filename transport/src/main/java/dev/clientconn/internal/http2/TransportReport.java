// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.http2.ErrorCounts.Frame;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.TransportCounters.RareFigure;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.Loop;
import dev.clientconn.transport.TransportSnapshot.Settings;
import dev.clientconn.transport.TransportSnapshot.State;
import dev.clientconn.transport.TransportSnapshot.Streams;
import dev.clientconn.transport.TransportSnapshot.Tls;
import dev.clientconn.transport.TransportSnapshot.Window;
import dev.clientconn.transport.TunnelAddress;
import io.grpc.ProxiedSocketAddress;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.net.SocketAddress;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes the snapshot of a connection from its figures, on any thread. */
@CrossesThreads
final class TransportReport {

  private TransportReport() {}

  static TransportSnapshot of(
      TransportCounters counters,
      TransportOptions options,
      @Nullable Tls tls,
      int commands,
      @Nullable LoopProbe probe) {
    // Before the figures: those of a connection that is ready are there.
    State state = counters.state();
    SocketAddress remote = counters.remote();
    long grown = counters.get(Figure.GROWN);
    long roundTrip = counters.get(Figure.ROUND_TRIP);
    return new TransportSnapshot(
        counters.id(),
        state,
        // The dialled address until it is connected, and where Netty reports no other.
        remote == null || counters.dialled() instanceof ProxiedSocketAddress
            ? dialled(counters.dialled())
            : remote,
        counters.local(),
        tls,
        Math.max(0, counters.now() - counters.get(Figure.SINCE)),
        localSettings(options, grown),
        settings(counters.peerSettings()),
        streams(counters),
        new Window(
            counters.get(Figure.SEND_WINDOW),
            counters.get(Figure.RECEIVE_WINDOW),
            probe == null ? OptionalLong.empty() : probe.smallestSend(),
            probe == null ? OptionalLong.empty() : probe.smallestReceive(),
            Math.max(options.connectionWindow(), grown)),
        new TransportSnapshot.Buffered(
            counters.get(Figure.QUEUED), counters.outboundBytes(), counters.get(Figure.UNREAD)),
        roundTrip == 0 ? OptionalLong.empty() : OptionalLong.of(roundTrip),
        counters(counters),
        counters.goAway(),
        new Loop(commands, probe == null ? OptionalLong.empty() : probe.lagNanos()));
  }

  /** The text of an {@code HttpConnectProxiedSocketAddress} has the user and the headers. */
  private static SocketAddress dialled(SocketAddress address) {
    TunnelAddress tunnel =
        address instanceof ProxiedSocketAddress ? TunnelAddress.of(address) : null;
    return tunnel == null ? address : tunnel;
  }

  private static Settings localSettings(TransportOptions options, long grown) {
    return new Settings(
        Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE,
        // This side accepts no streams: push is disabled (RFC 9113 section 8.4).
        OptionalLong.of(0),
        Math.max(options.streamWindow(), grown),
        Framer.MAX_PAYLOAD,
        OptionalLong.of(options.maxInboundMetadataSize()));
  }

  private static @Nullable Settings settings(@Nullable PeerSettings peer) {
    return peer == null
        ? null
        : new Settings(
            peer.headerTableSize(),
            limit(peer.maxConcurrentStreams(), Integer.MAX_VALUE),
            peer.initialWindowSize(),
            peer.maxFrameSize(),
            limit(peer.maxHeaderListSize(), Long.MAX_VALUE));
  }

  private static OptionalLong limit(long value, long none) {
    return value >= none ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Streams streams(TransportCounters counters) {
    long limit = counters.get(Figure.LIMIT);
    long since = counters.get(Figure.WAITING_SINCE);
    return new Streams(
        (int) counters.get(Figure.ACTIVE),
        limit == TransportCounters.NONE ? OptionalLong.empty() : OptionalLong.of(limit),
        (int) counters.get(Figure.WAITING),
        since == TransportCounters.NONE
            ? OptionalLong.empty()
            : OptionalLong.of(Math.max(0, counters.now() - since)));
  }

  static Counters counters(TransportCounters counters) {
    return new Counters(
        counters.get(Figure.OPENED),
        counters.get(RareFigure.REJECTED),
        errors(counters, Frame.RESET_SENT),
        errors(counters, Frame.RESET_RECEIVED),
        errors(counters, Frame.GO_AWAY_SENT),
        errors(counters, Frame.GO_AWAY_RECEIVED),
        counters.get(Figure.BYTES_SENT),
        counters.get(Figure.BYTES_RECEIVED),
        counters.get(Figure.MESSAGES_SENT),
        counters.get(Figure.MESSAGES_RECEIVED),
        new TimeTotal(counters.get(RareFigure.PINGS), counters.get(RareFigure.PING_NANOS)),
        counters.get(RareFigure.PING_TIMEOUTS),
        counters.get(RareFigure.SETTINGS_CHANGES));
  }

  private static Map<String, Long> errors(TransportCounters counters, Frame frame) {
    ErrorCounts errors = counters.errors();
    return errors == null ? Map.of() : errors.of(frame);
  }
}
