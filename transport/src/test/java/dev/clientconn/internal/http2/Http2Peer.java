// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.http2.FrameLog.Frame;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.FixedParameters;
import dev.clientconn.testing.ManualLoop;
import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ClientTransportFilter;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Scripts the peer of a connection under test: no threads, and time that only the test advances.
 * What the peer sends is read at once, and what the connection has sent is read by {@code
 * expects…}. {@link #verify} must end every test.
 */
final class Http2Peer {

  /** How the connection is made. */
  static final class Setup {
    /** Shared by peers of one channel. */
    ManualLoop loop = new ManualLoop();

    /** Whose connection it is. */
    ClientTransport.@Nullable Listener channel;

    int streamWindow = 65_535;

    /** In place of the one that fills {@link Http2Peer#slotWaits}. */
    @Nullable
    TransportListener listener;

    int connectionWindow = 65_535;
    int maxInboundMetadataSize = 8192;
    Set<String> neverIndexedHeaders = Set.of();
    int maxInboundMessageSize = 4 * 1024 * 1024;
    int maxPending = 100;
    int lastStreamId = ActiveStreams.LAST_ID;

    /** What the socket takes before it breaks, or takes no more. */
    long acceptedBytes = Long.MAX_VALUE;

    boolean failsWhenFull;

    /** Which allocation of direct memory fails, counted from 0. */
    int failedAllocation = Integer.MAX_VALUE;

    boolean growWindows;

    @Nullable
    String acceptEncoding;

    @Nullable
    SslContext sslContext;

    @Nullable
    KeepaliveOptions keepalive;

    @Nullable
    Dialer dialer;

    List<ClientTransportFilter> filters = List.of();

    TransportOptions options(TransportListener listener) {
      return new TransportOptions(
          "test/1",
          acceptEncoding,
          Duration.ofSeconds(20),
          streamWindow,
          connectionWindow,
          growWindows,
          maxInboundMetadataSize,
          neverIndexedHeaders,
          maxPending,
          keepalive,
          filters,
          listener);
    }
  }

  static final SocketAddress ADDRESS = InetSocketAddress.createUnresolved("peer", 1);
  static final MethodDescriptor<byte[], byte[]> METHOD =
      ByteMethods.of(MethodType.BIDI_STREAMING, "test.Service/Method");

  final ManualLoop loop;
  final FakeSocket socket = new FakeSocket();
  final RecordingOwner owner = new RecordingOwner();
  final List<RecordingCall> calls = new ArrayList<>();
  final List<String> slotWaits = new ArrayList<>();
  final FailingAllocator allocator = new FailingAllocator();
  final ActiveStreams table;
  final Http2ClientTransport transport;

  private final Setup setup;
  private final DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter();
  private final DefaultHttp2FrameReader reader =
      new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(false, 1 << 24));
  private final EmbeddedChannel pen = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final FrameLog log = new FrameLog();
  private final ByteBuf unread = Unpooled.buffer();
  private final List<Frame> frames = new ArrayList<>();
  private @Nullable ByteBuf oneRead;
  private boolean prefaceSeen;

  private Http2Peer(Setup setup) {
    this.setup = setup;
    loop = setup.loop;
    owner.forwardsTo = setup.channel;
    socket.config().setAllocator(allocator);
    allocator.failsAfter(setup.failedAllocation);
    socket.accepts(setup.acceptedBytes, setup.failsWhenFull);
    table = new ActiveStreams(setup.lastStreamId);
    transport = new Http2ClientTransport(
        loop,
        new Http2ClientTransport.Peer(ADDRESS, "authority", setup.sslContext),
        setup.options(setup.listener == null ? new SlotWaits(slotWaits) : setup.listener),
        owner,
        table);
  }

  /** Has dialled, and sent nothing. */
  static Http2Peer connecting(Consumer<Setup> choice) {
    Setup setup = new Setup();
    choice.accept(setup);
    Http2Peer peer = new Http2Peer(setup);
    peer.transport.connect(setup.dialer == null ? peer::dial : setup.dialer);
    peer.loop.run();
    return peer;
  }

  /** Has exchanged SETTINGS, the peer's empty. */
  static Http2Peer ready(Consumer<Setup> choice) {
    Http2Peer peer = connecting(choice);
    peer.sendsSettings(s -> {});
    peer.frames();
    peer.takeWrites();
    return peer;
  }

  static Http2Peer ready() {
    return ready(s -> {});
  }

  private io.netty.channel.ChannelFuture dial(Dialer.Request request) {
    socket.connectNow(request.eventLoop(), request.handler());
    return socket.newSucceededFuture();
  }

  // Calls

  StreamParameters headers(@Nullable Deadline deadline, Metadata metadata) {
    return new FixedParameters(
        METHOD,
        null,
        deadline,
        null,
        0,
        setup.maxInboundMessageSize,
        StreamParameters.DEFAULT_ON_READY_THRESHOLD,
        metadata);
  }

  /** A call that is not started. */
  RecordingCall call(@Nullable Deadline deadline, Metadata metadata) {
    RecordingCall call = new RecordingCall();
    call.bind(transport.newStream(headers(deadline, metadata), call));
    calls.add(call);
    return call;
  }

  RecordingCall call() {
    return call(null, new Metadata());
  }

  /** A call with one message and the half-close, started. */
  RecordingCall unary() {
    RecordingCall call = call().start(bytes("hello"), true);
    loop.run();
    return call;
  }

  /** A call whose headers alone are sent. */
  RecordingCall streaming() {
    RecordingCall call = call().start(null, false);
    loop.run();
    return call;
  }

  Deadline deadline(Duration after) {
    return Deadline.after(after.toNanos(), TimeUnit.NANOSECONDS, new Deadline.Ticker() {
      @Override
      public long nanoTime() {
        return loop.ticker().nanoTime();
      }
    });
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A gRPC message with its prefix. */
  static byte[] framed(byte[] message) {
    ByteBuf buf = Unpooled.buffer(5 + message.length).writeByte(0).writeInt(message.length);
    return buf.writeBytes(message).array();
  }

  // What the peer sends

  /** All that the script sends arrives in one read. */
  Http2Peer inOneRead(Runnable script) {
    ByteBuf collected = allocator.buffer();
    oneRead = collected;
    script.run();
    oneRead = null;
    return receive(collected);
  }

  /** What the script would send. */
  byte[] recorded(Runnable script) {
    ByteBuf collected = Unpooled.buffer();
    oneRead = collected;
    script.run();
    oneRead = null;
    return ByteBufUtil.getBytes(collected);
  }

  private Http2Peer sends(Consumer<ChannelHandlerContext> frame) {
    frame.accept(penContext());
    pen.flush();
    ByteBuf bytes = allocator.buffer();
    for (ByteBuf part = pen.readOutbound(); part != null; part = pen.readOutbound()) {
      bytes.writeBytes(part);
      part.release();
    }
    return receive(bytes);
  }

  private ChannelHandlerContext penContext() {
    return Objects.requireNonNull(pen.pipeline().context(ChannelInboundHandlerAdapter.class));
  }

  private Http2Peer receive(ByteBuf bytes) {
    if (oneRead != null) {
      oneRead.writeBytes(bytes);
      bytes.release();
    } else {
      socket.receive(bytes);
      loop.run();
    }
    return this;
  }

  Http2Peer sendsBytes(byte... bytes) {
    return receive(allocator.buffer().writeBytes(bytes));
  }

  Http2Peer sendsText(String text) {
    return sendsBytes(bytes(text));
  }

  Http2Peer sendsSettings(Consumer<Http2Settings> choice) {
    Http2Settings settings = new Http2Settings();
    choice.accept(settings);
    return sends(ctx -> writer.writeSettings(ctx, settings, ctx.newPromise()));
  }

  /** Announces its HPACK table's size, and from then on decodes with a table of that size. */
  Http2Peer limitsHeaderTable(long bytes) {
    sendsSettings(s -> s.headerTableSize(bytes));
    frames();
    try {
      reader.configuration().headersConfiguration().maxHeaderTableSize(bytes);
    } catch (Http2Exception e) {
      throw new IllegalArgumentException(e);
    }
    return this;
  }

  /** Decodes whatever header table the connection has been allowed. */
  void readsAnyHeaderTableSize() {
    try {
      reader.configuration().headersConfiguration().maxHeaderTableSize(0xFFFF_FFFFL);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  Http2Peer sendsSettingsAck() {
    return sends(ctx -> writer.writeSettingsAck(ctx, ctx.newPromise()));
  }

  Http2Peer sendsHeaders(int id, boolean end, String... namesAndValues) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return sends(ctx -> writer.writeHeaders(ctx, id, headers, 0, end, ctx.newPromise()));
  }

  /** The response headers of gRPC. */
  Http2Peer sendsHeaders(int id) {
    return sendsHeaders(id, false, ":status", "200", "content-type", "application/grpc");
  }

  Http2Peer sendsTrailers(int id) {
    return sendsHeaders(id, true, "grpc-status", "0");
  }

  Http2Peer sendsData(int id, byte[] data, int padding, boolean end) {
    return sends(ctx ->
        writer.writeData(ctx, id, Unpooled.wrappedBuffer(data), padding, end, ctx.newPromise()));
  }

  /** A message in frames of 16 KiB at most. */
  Http2Peer sendsMessage(int id, byte[] message) {
    byte[] all = framed(message);
    for (int at = 0; at < all.length; at += 16_384) {
      int to = Math.min(all.length, at + 16_384);
      sendsData(id, java.util.Arrays.copyOfRange(all, at, to), 0, false);
    }
    return this;
  }

  /** Headers, a message and trailers with status OK. */
  Http2Peer answers(int id) {
    return sendsHeaders(id).sendsMessage(id, bytes("answer")).sendsTrailers(id);
  }

  Http2Peer sendsRst(int id, long code) {
    return sends(ctx -> writer.writeRstStream(ctx, id, code, ctx.newPromise()));
  }

  Http2Peer sendsPing(long payload) {
    return sends(ctx -> writer.writePing(ctx, false, payload, ctx.newPromise()));
  }

  Http2Peer sendsPingAck(long payload) {
    return sends(ctx -> writer.writePing(ctx, true, payload, ctx.newPromise()));
  }

  Http2Peer sendsGoAway(int lastId, Http2Error error, String debug) {
    ByteBuf data = Unpooled.copiedBuffer(debug, StandardCharsets.UTF_8);
    return sends(ctx -> writer.writeGoAway(ctx, lastId, error.code(), data, ctx.newPromise()));
  }

  Http2Peer sendsWindowUpdate(int id, int increment) {
    return sends(ctx -> writer.writeWindowUpdate(ctx, id, increment, ctx.newPromise()));
  }

  /** A frame that no writer would write. */
  Http2Peer sendsFrame(int type, int flags, int id, byte... payload) {
    ByteBuf frame = allocator.buffer();
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(id);
    return receive(frame.writeBytes(payload));
  }

  Http2Peer closes() {
    if (socket.isRegistered()) {
      socket.close();
    }
    loop.run();
    return this;
  }

  /** The connection breaks: reading fails, then it is closed. */
  Http2Peer breaks() {
    if (socket.isOpen()) {
      socket.breaks(new IOException("Connection reset by peer"));
    }
    loop.run();
    return this;
  }

  Http2Peer after(Duration time) {
    loop.advance(time);
    return this;
  }

  // What the connection has sent

  /** Frames sent since the last time anybody asked. */
  List<Frame> frames() {
    readSocket();
    List<Frame> taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  List<String> texts() {
    return frames().stream().map(Frame::text).toList();
  }

  Http2Peer expects(String... texts) {
    assertThat(texts()).containsExactly(texts);
    return this;
  }

  Http2Peer expectsNothing() {
    assertThat(texts()).isEmpty();
    return this;
  }

  /** How many writes reached the socket since the last time. */
  int takeWrites() {
    readSocket();
    return socket.takeWrites();
  }

  private void readSocket() {
    for (ByteBuf part = socket.readOutbound(); part != null; part = socket.readOutbound()) {
      unread.writeBytes(part);
      part.release();
    }
    if (!prefaceSeen) {
      ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
      if (unread.readableBytes() < preface.readableBytes()) {
        return;
      }
      assertThat(unread.readSlice(preface.readableBytes())).isEqualTo(preface);
      prefaceSeen = true;
    }
    try {
      reader.readFrame(penContext(), unread, log);
    } catch (Http2Exception e) {
      throw new AssertionError("the connection sent a malformed frame", e);
    }
    unread.discardReadBytes();
    frames.addAll(log.take());
  }

  // The end

  /** Ends the connection, if it has not ended, and looks for what was left behind. */
  void verify() {
    closes();
    if (setup.sslContext == null) {
      readSocket();
    }
    socket.releaseOutbound();
    pen.finishAndReleaseAll();
    assertThat(owner.phases).endsWith("terminated");
    assertThat(owner.violations).isEmpty();
    for (RecordingCall call : calls) {
      assertThat(call.complaints()).isEmpty();
    }
    assertThat(table.active()).as("open streams").isZero();
    TransportSnapshot last = transport.snapshot();
    assertThat(last.streams().pending()).as("waiting calls").isZero();
    assertThat(last.streams().oldestWaitNanos()).as("oldest wait").isEmpty();
    // Counted by differences: a missing one would show in whatever test provokes it.
    assertThat(last.buffered().queued()).as("queued bytes").isZero();
    assertThat(last.buffered().unread()).as("unread bytes").isZero();
    assertThat(loop.isQuiet()).as("nothing is scheduled").isTrue();
    assertThat(allocator.metric().usedDirectMemory()).as("direct memory").isZero();
    assertThat(allocator.metric().usedHeapMemory()).as("heap buffers").isZero();
  }

  /** Bytes of buffers that are not released. */
  long bufferedBytes() {
    return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
  }

  private record SlotWaits(List<String> waits) implements TransportListener {
    @Override
    public void streamSlotWaited(WaitOutcome outcome, long nanos) {
      waits.add(outcome + " " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
    }
  }
}
